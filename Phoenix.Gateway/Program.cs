using Phoenix.Gateway.Hosting;

await GatewayHost.Build(args).RunAsync();
