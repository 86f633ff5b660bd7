using System.Net;
using Phoenix.Health;
using Phoenix.Hosting;
using Phoenix.Silo;

var builder = WebApplication.CreateBuilder(args);
var domains = DomainAssemblies.Load(builder.Configuration.GetSection("Phoenix:Domains").Get<string[]>() ?? []);
var ports = builder.Configuration.GetSection("Phoenix:Silo").Get<SiloPorts>() ?? new();

builder.Host.UseOrleans(silo =>
{
    var cluster = builder.Configuration.GetSection("Phoenix:Cluster").Get<ClusterNames>() ?? new();
    silo.UseLocalhostClustering(
        ports.Port, ports.GatewayPort, ports.PrimaryPort is { } primary ? new IPEndPoint(IPAddress.Loopback, primary) : null, cluster.ServiceId, cluster.ClusterId);
    silo.AddPhoenix(domains);
    silo.AddPhoenixHealthChecks();
    if (builder.Configuration.GetSection(KubernetesOptions.Section).Get<KubernetesOptions>() is { Enabled: true }) silo.UseKubernetesHosting();
});

builder.Services.AddPhoenixHealth(builder.Configuration);

var app = builder.Build();
app.MapPhoenixHealth();
await app.RunAsync();

/// <summary>Where the silo listens. Bound from <c>Phoenix:Silo</c>.</summary>
internal sealed class SiloPorts
{
    /// <summary>Port for other silos. Default 11111.</summary>
    public int Port { get; set; } = 11111;

    /// <summary>Port for cluster clients. Default 30000.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Port of the first silo, when this is another one.</summary>
    public int? PrimaryPort { get; set; }
}

/// <summary>Which cluster the silo belongs to. Bound from <c>Phoenix:Cluster</c>, as in the gateway.</summary>
internal sealed class ClusterNames
{
    /// <summary>The cluster; a deployment that replaces another has its own. Default <c>phoenix</c>.</summary>
    public string ClusterId { get; set; } = "phoenix";

    /// <summary>The service; the same for all its deployments. Default <c>phoenix</c>.</summary>
    public string ServiceId { get; set; } = "phoenix";
}
