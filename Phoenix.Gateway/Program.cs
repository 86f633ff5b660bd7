using Phoenix.Gateway.Hosting;
using Phoenix.Health;

return await HostProgram.RunAsync(() => GatewayHost.Build(args));
