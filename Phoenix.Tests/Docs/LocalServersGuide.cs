using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Phoenix.Hosting;
using Phoenix.Local;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Docs;

#region servers
public sealed class LocalServers : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("servers-").FullName;

    public PostgresServer Postgres { get; private set; } = null!;

    public KafkaBroker Kafka { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new InfrastructureOptions { WorkFolder = _folder, SurvivesPowerLoss = false };
        Postgres = await PostgresServer.StartAsync(options);
        Kafka = await KafkaBroker.StartAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        if (Kafka is not null) await Kafka.DisposeAsync();
        if (Postgres is not null) await Postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
#endregion

/// <summary>The snippets of docs/guides/local-servers.md.</summary>
[Trait("Category", "Servers")]
public sealed class LocalServersGuide(LocalServers servers) : IClassFixture<LocalServers>
{
    #region silo
    [Fact]
    public async Task what_was_deposited_is_there_after_a_restart()
    {
        using (var first = await StartAsync())
        {
            var ann = first.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>("ann");
            await ann.Execute(new OpenAccount("Ann", 10));
            await ann.Execute(new Deposit(5));
            await first.StopAsync();
        }

        using var second = await StartAsync();
        var again = second.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>("ann");
        Assert.Equal(15, (await again.Query(new GetAccount())).Balance);
        await second.StopAsync();
    }

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UsePhoenix(options =>
        {
            options.ConnectionString = servers.Postgres.ConnectionString;
            (options.Silo.Port, options.Silo.GatewayPort) = (FreePort.Find(), FreePort.Find());
        }, typeof(Account).Assembly);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
    #endregion

    [Fact]
    public async Task a_topic_is_made_on_whichever_broker_there_is()
    {
        #region topic
        await servers.Kafka.CreateTopicAsync("bank.payments", partitions: 3);
        #endregion
        await servers.Kafka.CreateTopicAsync("bank.payments", partitions: 3);
    }
}
