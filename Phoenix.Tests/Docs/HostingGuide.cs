using Microsoft.AspNetCore.Builder;
using Phoenix.Gateway.Hosting;

namespace Phoenix.Tests.Docs;

/// <summary>A snippet of docs/guides/hosting.md; the program there is samples/OwnHost.</summary>
public static class HostingGuide
{
    public static WebApplication Gateway(string[] args)
    {
        #region gateway
        var builder = WebApplication.CreateBuilder(args);
        builder.AddPhoenixGateway(options => options.Gateway.Principal = "web-shop");

        var app = builder.Build();
        app.MapPhoenixGateway();
        app.MapGet("/", () => "The shop is open.");
        #endregion
        return app;
    }
}
