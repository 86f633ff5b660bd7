using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Phoenix.Clustering;

namespace Phoenix.Benchmarks.Soak.Clients;

/// <summary>
/// Replays and discards dead letters by turns while silos are killed, as an operator would. What is replayed dies again, of one account
/// only: or each replay would be one letter more.
/// </summary>
internal static class LetterOperator
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(5);

    /// <summary>Works until it is told to end.</summary>
    public static async Task WorkAsync(string connectionString, string schema, string account, CancellationToken end)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Critical).AddSimpleConsole(console => console.SingleLine = true);
        builder.UseOrleansClient(client => client
            .UsePostgresClustering(options => (options.ConnectionString, options.Schema) = (connectionString, schema))
            .Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = "phoenix")
            .Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(3)));
        using var host = builder.Build();
        await host.StartAsync(CancellationToken.None);
        var letters = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IDeadLettersGrain>(0);
        for (var turn = 0; !end.IsCancellationRequested; turn++)
        {
            try
            {
                var change = new LetterChange("the soak", "soak");
                var all = new LetterFilter { Name = "shop.account" };
                if (turn % 2 == 0) await letters.ReplayMany(all with { Reason = "unknown-name", Key = account }, 10_000, change);
                else await letters.DiscardMany(all with { Reason = "undecodable", Until = DateTimeOffset.UtcNow - Rhythm }, 1_000_000, change);
            }
            catch (Exception failed)
            {
                // Silos are being broken, and one run may be under way.
                Console.Error.WriteLine($"letters: {failed.GetType().Name}: {failed.Message}");
            }

            await Task.Delay(Rhythm, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await host.StopAsync(CancellationToken.None);
    }
}
