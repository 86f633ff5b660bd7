using JasperFx.Events.Projections;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phoenix.Hosting;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Hosting;

/// <summary>A user's own Marten store and the log live side by side in one host and one database.</summary>
[Trait("Category", "Servers")]
public sealed class OwnStoreTests(SharedPostgres postgres)
{
    private readonly HostApplicationBuilder _builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task both_work_whichever_is_added_first(bool isOwnFirst)
    {
        var database = await postgres.NewDatabaseAsync();
        if (isOwnFirst) AddOwnStore(database);
        UsePhoenix(database);
        if (!isOwnFirst) AddOwnStore(database);
        using var host = _builder.Build();
        await host.StartAsync(Cancellation);

        var account = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>("one");
        await account.Execute(new OpenAccount("Ann", 5));
        var stream = Guid.NewGuid();
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var session = scope.ServiceProvider.GetRequiredService<IDocumentSession>();
            session.Store(new Leaflet("spring", 3));
            session.Events.StartStream<LeafletRun>(stream, new LeafletPrinted(2), new LeafletPrinted(3));
            await session.SaveChangesAsync(Cancellation);
        }

        await using var own = host.Services.GetRequiredService<IDocumentStore>().QuerySession();
        Assert.Equal(3, (await own.LoadAsync<Leaflet>("spring", Cancellation))!.Pages);
        Assert.Equal(5, (await own.LoadAsync<LeafletRun>(stream, Cancellation))!.Copies);
        await Eventually.TrueAsync(
            "the shop's own projection runs on the log",
            async () => await Sql.ScalarAsync(database,
                "select balance from phoenix.account_balances where account_id = 'one'") is decimal and 5);
        Assert.Equal(2L, await Sql.ScalarAsync(database, "select count(*) from leaflets.mt_events"));
        Assert.Equal(0L, await Sql.ScalarAsync(database, "select count(*) from phoenix.mt_events where type like 'leaflet%'"));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task a_projection_for_a_store_that_there_is_not_is_refused()
    {
        UsePhoenix("Host=nowhere;Database=app");
        _builder.Services.ConfigureMarten(static _ => { });
        using var host = _builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));
        Assert.Contains("ConfigureMarten<ILogStore>", error.Message, StringComparison.Ordinal);
    }

    private void AddOwnStore(string database) => _builder.Services.AddMarten(store =>
    {
        store.Connection(database);
        store.DatabaseSchemaName = "leaflets";
        store.Projections.Snapshot<LeafletRun>(SnapshotLifecycle.Inline);
    });

    private void UsePhoenix(string database)
    {
        _builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        _builder.UsePhoenix(
            options =>
            {
                options.ConnectionString = database;
                (options.Silo.Port, options.Silo.GatewayPort) = (TestSilo.FreePort(), TestSilo.FreePort());
            },
            typeof(Account).Assembly);
    }
}

/// <summary>A document of the user's own.</summary>
public sealed record Leaflet(string Id, int Pages);

/// <summary>An event of the user's own.</summary>
public sealed record LeafletPrinted(int Copies);

/// <summary>The user's own projection of it.</summary>
public sealed class LeafletRun
{
    public Guid Id { get; set; }

    public int Copies { get; set; }

    public void Apply(LeafletPrinted printed) => Copies += printed.Copies;
}
