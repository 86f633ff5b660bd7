using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Phoenix;
using Phoenix.Clustering;
using Phoenix.Samples.ClusterClient;

try
{
    var database = Environment.GetEnvironmentVariable("PHOENIX_POSTGRES");
    var gateways = args.Length > 0 || string.IsNullOrWhiteSpace(database) ? GatewayAddresses.From(args) : null;
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.SetMinimumLevel(LogLevel.Warning);
    builder.UseOrleansClient(client =>
    {
        // Silos come and go: the cluster's own membership table always knows them. Listed addresses are for networks that do not let a
        // client reach the database.
        if (gateways is null) client.UsePostgresClustering(options => (options.ConnectionString, options.Schema) = (database!, "phoenix"));
        else client.UseStaticClustering(gateways);
        client.Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = "phoenix");
        // What a leaving silo refuses is sent again.
        client.AddAggregateCalls();
        // A call that was in a silo that died ends by this; sent again under the same command id it has one effect.
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
    });
    using var host = builder.Build();
    await host.StartAsync();
    await AccountTour.Run(host.Services.GetRequiredService<IClusterClient>(), Console.Out);
    await host.StopAsync();
    return 0;
}
catch (ArgumentException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}
