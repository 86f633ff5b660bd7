using Microsoft.AspNetCore.Server.Kestrel.Core;
using Phoenix.Gateway.Security;
using Phoenix.Health;

namespace Phoenix.Gateway.Hosting;

/// <summary>The program: a gateway and its health, and nothing that is not asked for a token.</summary>
internal static class GatewayHost
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        configure?.Invoke(builder);
        builder.AddPhoenixGateway();
        builder.Services.AddPhoenixHealth();
        builder.Services.AddProblemDetails();
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(Policies.OfCallers);
        builder.Services.Configure<KestrelServerOptions>(static kestrel => kestrel.AddServerHeader = false);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPhoenixHealth();
        app.MapPhoenixGateway();
        return app;
    }
}
