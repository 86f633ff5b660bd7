using Phoenix.Health;
using Phoenix.Hosting;
using Phoenix.Silo;

var builder = WebApplication.CreateBuilder(args);
var domains = DomainAssemblies.Load(builder.Configuration.GetSection("Phoenix:Domains").Get<string[]>() ?? []);

builder.Host.UseOrleans(silo =>
{
    silo.UsePhoenixCluster().AddPhoenix(domains).AddPhoenixHealthChecks();
    if (builder.Configuration.GetSection(KubernetesOptions.Section).Get<KubernetesOptions>() is { Enabled: true }) silo.UseKubernetesHosting();
});

builder.Services.AddPhoenixHealth(builder.Configuration);

var app = builder.Build();
app.MapPhoenixHealth();
await ShutdownLimit.RunAsync(app);
