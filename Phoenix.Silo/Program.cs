using Phoenix.Health;
using Phoenix.Hosting;
using Phoenix.SchemaRegistry;
using Phoenix.Silo;

return await HostProgram.RunAsync(() =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.UsePhoenix();
    builder.AddSchemaRegistry();
    if (builder.Configuration.GetSection(KubernetesOptions.Section).Get<KubernetesOptions>() is { Enabled: true })
        builder.UseOrleans(static silo => silo.UseKubernetesHosting());
    builder.Services.AddPhoenixHealth();

    var app = builder.Build();
    app.MapPhoenixHealth();
    return app;
});
