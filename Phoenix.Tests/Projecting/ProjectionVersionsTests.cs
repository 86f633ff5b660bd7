using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.EventStore;
using Phoenix.Health;
using Phoenix.Tests.Docs;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>
/// A projection with a higher version is built beside the lower one, by silos of the new build, while silos of the old one go on (decision
/// 0036). Nothing is dropped but by command.
/// </summary>
[Trait("Category", "Servers")]
public sealed class ProjectionVersionsTests(SharedPostgres postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task two_builds_run_two_versions_beside_each_other_through_an_upgrade_and_a_rollback()
    {
        var database = await postgres.NewDatabaseAsync();
        var old = await TestSilo.StartAsync(database, silo: Totals.Of(1));
        var account = await NewAccountAsync(old);
        await account.Execute(new Deposit(5));
        await TotalAsync(database, "totals", 5);

        await using var young = await TestSilo.StartAsync(database, silo: Totals.Of(2));
        await TotalAsync(database, "totals_2", 500);
        await account.Execute(new Deposit(2));
        await TotalAsync(database, "totals", 7);
        await TotalAsync(database, "totals_2", 700);
        await VersionsAsync(young, "2 live 1, 1 live 1");
        Assert.True((await UpkeepOf(old).VerifyAsync("totals", Cancellation)).IsRight);
        Assert.True((await UpkeepOf(young).VerifyAsync("totals", Cancellation)).IsRight);

        await old.DisposeAsync();
        await (await NewAccountAsync(young)).Execute(new Deposit(1));
        await TotalAsync(database, "totals_2", 800);
        // It rests, and nobody calls that an error.
        await VersionsAsync(young, "2 live 1, 1 resting 0");
        Assert.Equal(7m, await TotalAsync(database, "totals"));
        await HealthyAsync(young);

        await using var back = await TestSilo.StartAsync(database, silo: Totals.Of(1));
        await TotalAsync(database, "totals", 8);
        Assert.True((await UpkeepOf(back).VerifyAsync("totals", Cancellation)).IsRight);
    }

    [Fact]
    public async Task a_version_is_removed_by_command_when_no_silo_has_it_and_made_anew_when_one_comes_back()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var young = await TestSilo.StartAsync(database, silo: Totals.Of(2));
        var versions = young.Services.GetRequiredService<IProjectionVersions>();
        await using (var old = await TestSilo.StartAsync(database, silo: Totals.Of(1)))
        {
            await (await NewAccountAsync(old)).Execute(new Deposit(5));
            await TotalAsync(database, "totals", 5);
            await TotalAsync(database, "totals_2", 500);
            var inUse = await Assert.ThrowsAsync<InvalidOperationException>(() => versions.RemoveAsync("totals", 1, Cancellation));
            Assert.Contains("1 silos are there whose build has it", inUse.Message, StringComparison.Ordinal);
        }

        await Sql.ExecuteAsync(database, "create view phoenix.report as select * from phoenix.totals");
        var stoodOn = await Assert.ThrowsAsync<InvalidOperationException>(() => versions.RemoveAsync("totals", 1, Cancellation));
        Assert.True(stoodOn.Message.Contains("report depends on", StringComparison.Ordinal), stoodOn.Message);
        Assert.Equal(5m, await TotalAsync(database, "totals"));
        await Sql.ExecuteAsync(database, "drop view phoenix.report");

        await versions.RemoveAsync("totals", 1, Cancellation);
        Assert.Equal(DBNull.Value, await Sql.ScalarAsync(database, "select to_regclass('phoenix.totals')::text"));
        Assert.Equal(0, await Sql.CountAsync(database, "phoenix.mt_event_progression where name = 'totals:All'"));
        await VersionsAsync(young, "2 live 1");
        Assert.Equal(500m, await TotalAsync(database, "totals_2"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => versions.RemoveAsync("totals", 1, Cancellation));

        await using var back = await TestSilo.StartAsync(database, silo: Totals.Of(1));
        await TotalAsync(database, "totals", 5);
    }

    [Fact]
    public async Task a_new_version_that_throws_stands_beside_the_old_one_and_is_built_after_the_mend()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var old = await TestSilo.StartAsync(database, silo: Totals.Of(1));
        var account = await NewAccountAsync(old);
        foreach (var amount in new[] { 1m, 13m, 2m }) await account.Execute(new Deposit(amount));
        await TotalAsync(database, "totals", 16);
        await VersionsAsync(old, "1 live 1");

        Totals.ThrowsAt = 13;
        await using var young = await TestSilo.StartAsync(database, silo: Totals.Of(2), settings: ("Phoenix:Projections:LongestPause", "00:00:02"));
        var check = ActivatorUtilities.CreateInstance<ProjectionsCheck>(young.Services);
        await Eventually.TrueAsync("it says where the new version stands", async () =>
            (await check.CheckHealthAsync(new(), Cancellation)).Description?.Contains("totals:V2:All stands at", StringComparison.Ordinal) == true);
        await VersionsAsync(young, "2 building 1, 1 live 1");
        await account.Execute(new Deposit(3));
        await TotalAsync(database, "totals", 19);

        Totals.ThrowsAt = null;
        await TotalAsync(database, "totals_2", 1900);
        await VersionsAsync(young, "2 live 1, 1 live 1");
        await HealthyAsync(young);
        foreach (var silo in new[] { old, young }) Assert.True((await UpkeepOf(silo).VerifyAsync("totals", Cancellation)).IsRight);
    }

    [Fact]
    public async Task documents_of_two_versions_are_read_by_each_build_in_its_own_version()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var old = await TestSilo.StartAsync(database, silo: Owners(1));
        await (await NewAccountAsync(old)).Execute(new Deposit(5));
        await using var young = await TestSilo.StartAsync(database, silo: Owners(2));
        foreach (var (silo, table) in new[] { (old, "mt_doc_accountowner"), (young, "mt_doc_accountowner_2") })
        {
            await Eventually.TrueAsync($"{table} is there", async () =>
            {
                await using var session = silo.Services.GetRequiredService<IReadModelStore>().QuerySession();
                return await session.LoadAsync<AccountOwner>("shop.account/one", Cancellation) is { Deposits: 1 };
            });
            Assert.Equal(1, await Sql.CountAsync(database, $"phoenix.{table}"));
        }

        // Damaged in the new version alone, and mended there.
        await Sql.ExecuteAsync(database, "delete from phoenix.mt_doc_accountowner_2");
        Assert.True((await UpkeepOf(old).VerifyAsync("account_owners", Cancellation)).IsRight);
        var damaged = await UpkeepOf(young).VerifyAsync("account_owners", Cancellation);
        Assert.Equal("phoenix.mt_doc_accountowner_2", Assert.Single(damaged.Wrong).Table);
        Assert.Equal(1, (await UpkeepOf(young).RebuildAsync("account_owners", Cancellation)).Changed);

        await old.DisposeAsync();
        await young.Services.GetRequiredService<IProjectionVersions>().RemoveAsync("account_owners", 1, Cancellation);
        Assert.Equal("mt_doc_accountowner_2", await Sql.ScalarAsync(database,
            "select string_agg(relname, ',') from pg_class where relname like 'mt_doc_accountowner%' and relkind = 'r'"));
        Assert.True((await UpkeepOf(young).VerifyAsync("account_owners", Cancellation)).IsRight);
    }

    [Fact]
    public async Task a_version_that_writes_into_the_table_of_another_is_refused_when_its_silo_starts()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var old = await TestSilo.StartAsync(database, silo: Totals.Of(1));
        var error = await Assert.ThrowsAnyAsync<Exception>(() => TestSilo.StartAsync(database, silo: Totals.Of(2, "totals")));
        Assert.Contains("Version 2 of the projection 'totals' writes into phoenix.totals, which is version 1's", error.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("for example phoenix.totals_2", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await Sql.CountAsync(database, "phoenix.phoenix_projection_versions where version = 2"));
    }

    private static Action<ISiloBuilder> Owners(uint version) => silo => silo.Services.ConfigureMarten<ILogStore>(options =>
        options.Projections.Add(new AccountOwners { Version = version }, ProjectionLifecycle.Async));

    private static IProjectionUpkeep UpkeepOf(TestSilo silo) => silo.Services.GetRequiredService<IProjectionUpkeep>();

    private static async Task<IAccountGrain> NewAccountAsync(TestSilo silo)
    {
        var account = silo.Grains.GetGrain<IAccountGrain>("one");
        await account.Execute(new OpenAccount("Ann", 0));
        return account;
    }

    private static Task VersionsAsync(TestSilo silo, string expected) => Eventually.TrueAsync($"the versions are {expected}", async () =>
    {
        var versions = await silo.Grains.GetGrain<IProjectionGrain>("totals").Versions();
        return string.Join(", ", versions.Select(version => $"{version.Version} {version.State} {version.Silos}")) == expected;
    });

    private static Task TotalAsync(string database, string table, decimal expected) => Eventually.TrueAsync($"{table} says {expected}",
        async () => await TotalAsync(database, table) is decimal found && found == expected);

    private static Task<object?> TotalAsync(string database, string table) =>
        Sql.ScalarAsync(database, $"select total from phoenix.{table} where account = 'one'");

    private static Task HealthyAsync(TestSilo silo)
    {
        var check = ActivatorUtilities.CreateInstance<ProjectionsCheck>(silo.Services);
        return Eventually.TrueAsync("it is healthy, and tells of the versions of its build alone", async () =>
            await check.CheckHealthAsync(new(), Cancellation) is { Status: HealthStatus.Healthy } found
            && ((ProjectionRow[])found.Data["projections"]).Select(row => row.Name)
                .Where(name => name.StartsWith("totals", StringComparison.Ordinal)).SequenceEqual(["totals:V2:All"]));
    }
}
