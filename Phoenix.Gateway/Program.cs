using Phoenix.Gateway.Hosting;
using Phoenix.Health;

await ShutdownLimit.RunAsync(GatewayHost.Build(args));
