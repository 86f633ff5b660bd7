using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Phoenix.Clustering;

namespace Phoenix.Runs.Checking;

/// <summary>
/// Lets the cluster itself replay the log beside its read model, as an operator would. What it finds wrong is a violation, and so is a
/// verification that does not come to its end: the other judge has looked at the balances alone.
/// </summary>
internal static class Verification
{
    private const string Projection = "account_balances";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    public static async Task<IReadOnlyList<Violation>> RunAsync(string connectionString, string schema, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddSimpleConsole(console => console.SingleLine = true);
        builder.UseOrleansClient(client => client
            .UsePostgresClustering(options => (options.ConnectionString, options.Schema) = (connectionString, schema))
            .Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = "phoenix"));
        using var host = builder.Build();
        await host.StartAsync(cancellation);
        var found = await VerifyAsync(host.Services.GetRequiredService<IGrainFactory>().GetGrain<IProjectionGrain>(Projection), cancellation);
        await host.StopAsync(CancellationToken.None);
        return found;
    }

    private static async Task<IReadOnlyList<Violation>> VerifyAsync(IProjectionGrain projection, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var status = await projection.Status();
        try
        {
            await projection.Verify();
            while ((status = await projection.Status()).State == "verifying") await Task.Delay(Look, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Told below.
        }

        return status is { State: "verified", Undecided: null or 0 }
            ? [.. (status.Wrong ?? []).Select(row => new Violation(ViolationKind.ProjectionDiffers, $"{row.Table} {row.Key}",
                $"Verifying found {row.Found ?? "nothing"}; the log gives {row.Expected ?? "nothing"}."))]
            : [new(ViolationKind.ProjectionDiffers, Projection,
                $"Verifying it ended as '{status.State}', {status.Undecided ?? 0} rows undecided: {status.Error}")];
    }
}
