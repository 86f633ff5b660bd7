using JasperFx.Events.Projections;
using Marten;
using Marten.Exceptions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.Hosting;
using Phoenix.Tests.Docs;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>Documents by LINQ, in a silo and in a host that is none; neither can write.</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelStoreTests(SharedPostgres postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task documents_are_found_by_linq_in_a_silo_and_in_another_host_and_neither_writes()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database, silo: orleans => Add(orleans.Services));
        foreach (var (account, owner, deposits) in ((string, string, int)[])[("one", "Zoe", 2), ("two", "Ann", 3), ("three", "Bob", 1)])
        {
            var grain = silo.Grains.GetGrain<IAccountGrain>(account);
            await grain.Execute(new OpenAccount(owner, 0));
            for (var number = 0; number < deposits; number++) await grain.Execute(new Deposit(5));
        }

        await Eventually.TrueAsync("the documents are there", async () =>
            await Sql.CountAsync(database, "phoenix.mt_doc_accountowner where (data ->> 'deposits')::int > 0") == 3
            && (await ReadModelsGuide.OfAsync(silo.Services.GetRequiredService<IReadModelStore>(), Cancellation)).Count == 2);
        using var host = Other(("Phoenix:ConnectionString", database));
        await host.StartAsync(Cancellation);
        foreach (var services in (IServiceProvider[])[silo.Services, host.Services])
        {
            var readModels = services.GetRequiredService<IReadModelStore>();
            Assert.Equal(["Ann", "Zoe"], (await ReadModelsGuide.OfAsync(readModels, Cancellation)).Select(account => account.Owner));
            await using var session = readModels.QuerySession();
            Assert.IsNotAssignableFrom<IDocumentOperations>(session);
            foreach (var write in (string[])["delete from phoenix.mt_doc_accountowner returning 1", "insert into phoenix.product_days values ('x', now(), 'x', 1, 1, 1) returning 1"])
            {
                var refused = await Assert.ThrowsAsync<MartenCommandException>(() => session.AdvancedSql.QueryAsync<int>(write, Cancellation));
                Assert.Equal(PostgresErrorCodes.ReadOnlySqlTransaction, ((PostgresException)refused.InnerException!).SqlState);
            }
        }

        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task a_host_with_settings_that_cannot_work_does_not_start()
    {
        using var host = Other(("Phoenix:ConnectionString", "postgres://db/app"), ("Phoenix:Schema", "No Schema"));
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
        Assert.Equal(2, refused.Failures.Count());
        Assert.Throws<InvalidOperationException>(() => Host.CreateEmptyApplicationBuilder(null).AddReadModels().AddReadModels());
    }

    private static IHost Other(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        ReadModelsGuide.AddReading(builder);
        Add(builder.Services);
        return builder.Build();
    }

    private static void Add(IServiceCollection services) => services.ConfigureMarten<ILogStore>(options =>
        options.Projections.Add(new AccountOwners(), ProjectionLifecycle.Async));
}
