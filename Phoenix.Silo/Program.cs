using Phoenix.Hosting;

var builder = WebApplication.CreateBuilder(args);
var domains = DomainAssemblies.Load(builder.Configuration.GetSection("Phoenix:Domains").Get<string[]>() ?? []);

builder.Host.UseOrleans(silo => silo.UsePhoenixCluster().AddPhoenix(domains));

var app = builder.Build();
app.MapGet("/health/live", () => "live");
app.MapGet("/health/ready", () => "ready");
await app.RunAsync();
