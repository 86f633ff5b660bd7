using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Phoenix.Client;
using Phoenix.Gateway.Aggregates;
using Phoenix.Gateway.Commands;
using Phoenix.Gateway.DeadLetters;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Health;
using Phoenix.Gateway.ReadModels;
using Phoenix.Gateway.Security;
using Phoenix.Health;

namespace Phoenix.Gateway.Hosting;

/// <summary>Puts the gateway together.</summary>
internal static class GatewayHost
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        configure?.Invoke(builder);
        AddEntrance(builder);
        AddCommands(builder);
        AddHealth(builder);
        ClusterConnection.AddTo(builder);
        builder.Services.AddSingleton<Cluster>();
        AddReadModels(builder);
        return Routes(builder.Build());
    }

    private static void AddEntrance(WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<GatewayOptions>().Bind(builder.Configuration.GetSection(GatewayOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidation>();
        builder.Services.AddSingleton<ExpectedToken>();
        // Without the full AddAuthentication, which keeps keys on disk for cookies that this gateway does not have.
        builder.Services.AddWebEncoders();
        builder.Services.AddTransient<BearerAuthentication>();
        builder.Services.AddAuthenticationCore(authentication =>
        {
            authentication.DefaultScheme = BearerAuthentication.Bearer;
            authentication.AddScheme<BearerAuthentication>(BearerAuthentication.Bearer, displayName: null);
        });
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ErrorHandler>();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<IOptions<GatewayOptions>>(Limit);

        static void Limit(KestrelServerOptions kestrel, IOptions<GatewayOptions> options)
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Value.MaxBodyBytes;
        }
    }

    private static void AddCommands(WebApplicationBuilder builder) => builder.Services.AddPhoenixClient(client =>
    {
        // The settings it shares with the silos have the same names as theirs.
        var phoenix = builder.Configuration.GetSection("Phoenix");
        client.ApplicationName = "gateway";
        client.BootstrapServers = phoenix["Kafka"] ?? "";
        client.TopicPrefix = phoenix["TopicPrefix"] ?? client.TopicPrefix;
        client.ReplicationFactor = phoenix.GetValue<short?>("ReplicationFactor");
        phoenix.GetSection("KafkaProperties").Bind(client.ExtraProperties);
        phoenix.GetSection("Client").Bind(client);
    });

    private static void AddHealth(WebApplicationBuilder builder)
    {
        builder.Services.AddPhoenixHealth(builder.Configuration);
        builder.Services.AddSingleton<BrokerReach>().AddHostedService(services => services.GetRequiredService<BrokerReach>());
        builder.Services.AddHealthChecks().AddCheck<BrokerReach>("broker", tags: [HealthTags.Ready]);
    }

    private static void AddReadModels(WebApplicationBuilder builder)
    {
        var catalog = new ReadModelCatalog(builder.Configuration.GetSection("Phoenix:ReadModels").Get<ReadModelOptions[]>() ?? []);
        if (!catalog.IsEmpty && string.IsNullOrWhiteSpace(builder.Configuration[ReadModelSource.ConnectionKey]))
            throw new InvalidOperationException($"Phoenix:ReadModels is set and {ReadModelSource.ConnectionKey} is not. Set it to the database that holds the read models.");
        builder.Services.AddSingleton(catalog);
        builder.Services.AddSingleton<ReadModelSource>();
    }

    private static WebApplication Routes(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPhoenixHealth();
        app.MapCommands();
        app.MapAggregates();
        app.MapReadModels();
        app.MapDeadLetters();
        return app;
    }
}
