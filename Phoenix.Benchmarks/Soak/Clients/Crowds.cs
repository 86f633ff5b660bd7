using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Phoenix.Clustering;
using Phoenix.Messages;
using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Shop.Transfers;

namespace Phoenix.Benchmarks.Soak.Clients;

/// <summary>
/// Starts more transfers at once than the silos have places for, by grain call: over Kafka they would wait. Each is sent once, so that
/// nothing may be stored of one that was refused.
/// </summary>
internal sealed class Crowds(string connectionString, string schema, Func<Random, Transfer> transfer, int seed, HistoryFile history)
{
    private const int Crowd = 150;
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(5);

    public async Task StartAsync(CancellationToken end)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client => client
            .UsePostgresClustering(options => (options.ConnectionString, options.Schema) = (connectionString, schema))
            .Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = "phoenix")
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(10))
            .AddAggregateCalls());
        using var host = builder.Build();
        await host.StartAsync(CancellationToken.None);
        var (grains, random) = (host.Services.GetRequiredService<IGrainFactory>(), new Random(seed));
        for (var crowd = 0; !end.IsCancellationRequested; crowd++)
        {
            await Task.WhenAll(Enumerable.Range(0, Crowd).Select(number => OneAsync(
                grains, string.Create(CultureInfo.InvariantCulture, $"crowd-{crowd}-{number}"), transfer(random))));
            await Task.Delay(Rhythm, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await host.StopAsync(CancellationToken.None);
    }

    private async Task OneAsync(IGrainFactory grains, string id, Transfer start)
    {
        Note(ClientEvent.Sent, id);
        try
        {
            var outcome = await grains.GetGrain<ITransferGrain>(id).Execute(start, new CommandOptions { CommandId = id });
            Note(outcome.IsAccepted ? ClientEvent.Accepted : ClientEvent.Rejected, id, outcome);
        }
        catch (BusyException)
        {
            Note(ClientEvent.Refused, id);
        }
        catch (Exception unknown) when (unknown is CommandException or OrleansException or TimeoutException)
        {
            Note(ClientEvent.Unknown, id);
        }
    }

    private void Note(ClientEvent @event, string id, Outcome? outcome = null) => history.Write(new()
    {
        Event = @event,
        At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Client = 0,
        Stream = StoredLog.TransferPrefix + id,
        CommandId = id,
        Before = outcome?.VersionBefore,
        After = outcome?.VersionAfter,
        Code = outcome?.Code,
        Reply = outcome?.ReplyJson,
        Repeated = outcome?.Repeated ?? false,
    });
}
