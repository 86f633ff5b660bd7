using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Phoenix.Samples.ClusterClient;

try
{
    var gateways = GatewayAddresses.From(args);
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.SetMinimumLevel(LogLevel.Warning);
    builder.UseOrleansClient(client => client
        .UseStaticClustering(gateways)
        .Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = "phoenix"));
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
