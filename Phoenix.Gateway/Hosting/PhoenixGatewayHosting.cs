using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Phoenix.Client;
using Phoenix.Gateway.Aggregates;
using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Commands;
using Phoenix.Gateway.Consumption;
using Phoenix.Gateway.DeadLetters;
using Phoenix.Gateway.Due;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Health;
using Phoenix.Gateway.Ledger;
using Phoenix.Gateway.Projections;
using Phoenix.Gateway.Publications;
using Phoenix.Gateway.ReadModels;
using Phoenix.Gateway.Security;
using Phoenix.Gateway.Transactions;
using Phoenix.Health;
using Phoenix.Hosting;

namespace Phoenix.Gateway.Hosting;

/// <summary>Puts the gateway into an ASP.NET program, beside whatever else it has.</summary>
public static class PhoenixGatewayHosting
{
    /// <summary>
    /// Adds what the gateway needs: the Kafka client, a connection to the silos, read models, bearer tokens, and the health checks
    /// <c>broker</c>, <c>cluster</c> and <c>read-models</c>. Settings come from the section <c>Phoenix</c> and then from <paramref name="configure"/>; those of
    /// the Kafka client alone from <c>Phoenix:Client</c> and <c>services.Configure&lt;PhoenixClientOptions&gt;</c>. They are checked when
    /// the host starts, or by <see cref="MapPhoenixGateway"/>: one exception lists all that is wrong. Authentication, authorization, errors
    /// and limits of the program's own endpoints stay as the program sets them; hosted services start concurrently where a cluster is
    /// configured, which may be long in coming.
    /// </summary>
    /// <param name="builder">The program; no silo, for Orleans has either a silo or a client in a host.</param>
    /// <param name="configure">Sets options. It may run more than once.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The host has a gateway already.</exception>
    public static IHostApplicationBuilder AddPhoenixGateway(this IHostApplicationBuilder builder,
        Action<PhoenixGatewayOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(GatewayTokens)))
            throw new InvalidOperationException("This host has a gateway already. Call AddPhoenixGateway once.");
        var composed = new PhoenixGatewayOptions();
        builder.Configuration.GetSection(PhoenixGatewayOptions.Section).Bind(composed);
        configure?.Invoke(composed);
        var way = ClusterConnection.WayOf(composed);

        services.AddOptions<PhoenixGatewayOptions>().BindConfiguration(PhoenixGatewayOptions.Section)
            .Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<PhoenixGatewayOptions>>(new PhoenixGatewayOptionsValidation(way));
        AddEntrance(services);
        AddCommands(services);
        services.AddSingleton<BrokerReach>().AddHostedService(services => services.GetRequiredService<BrokerReach>());
        services.AddHealthChecks().AddCheck<BrokerReach>("broker", tags: [HealthTags.Ready]);
        ClusterConnection.AddTo(builder, way);
        services.AddSingleton<Cluster>();
        services.AddSingleton(static provider =>
            new ReadModelCatalog(provider.GetRequiredService<IOptions<PhoenixGatewayOptions>>().Value.ReadModels));
        services.AddSingleton<ReadModelSource>().AddSingleton<CatchingUp>().AddSingleton<BuiltVersions>();
        services.AddHealthChecks().AddCheck<BuiltVersions>("read-models", tags: [HealthTags.Ready]);
        services.AddSingleton<CursorSeal>();
        services.AddHostedService<ReadModelCheck>();
        StartCheck.AddTo(services);
        return builder;
    }

    /// <summary>
    /// Maps the gateway's paths, all under <c>/v1</c>: each asks for a bearer token of the gateway's, answers errors as
    /// <c>application/problem+json</c> and takes bodies up to <see cref="GatewayOptions.MaxBodyBytes"/>.
    /// </summary>
    /// <param name="app">A program that <see cref="AddPhoenixGateway"/> was called for.</param>
    /// <returns>All paths of the gateway, for what they shall have beside that, such as a rate limit.</returns>
    /// <exception cref="OptionsValidationException">Settings cannot work; the message lists everything found.</exception>
    public static IEndpointConventionBuilder MapPhoenixGateway(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        StartCheck.Run(app.Services);
        var options = app.Services.GetRequiredService<IOptions<PhoenixGatewayOptions>>().Value.Gateway;
        var gateway = app.MapGroup("").RequireAuthorization(Policies.Caller)
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxBodyBytes));
        app.Services.GetRequiredService<ErrorHandler>().Guard(gateway);
        gateway.AddEndpointFilter((context, next) =>
        {
            RequestHeader.RefuseTenant(context.HttpContext.Request);
            return next(context);
        });
        gateway.MapCommands();
        gateway.MapAggregates();
        gateway.MapReadModels();
        gateway.MapDeadLetters();
        gateway.MapLetters();
        gateway.MapLetterReplays();
        gateway.MapDue();
        gateway.MapTransactions();
        gateway.MapPublications();
        gateway.MapProjections();
        gateway.MapConsumption();
        gateway.MapLedger();
        return gateway;
    }

    /// <summary>Sets options of a part by the gateway's when somebody asks for them, and not before.</summary>
    internal static void SetByGateway<TOptions>(this IServiceCollection services, Action<TOptions, PhoenixGatewayOptions> configure)
        where TOptions : class =>
        services.AddOptions<TOptions>().Configure<IOptions<PhoenixGatewayOptions>>((options, gateway) => configure(options, gateway.Value));

    private static void AddEntrance(IServiceCollection services)
    {
        services.AddSingleton<GatewayTokens>();
        services.AddSingleton<OperatorLog>();
        services.AddSingleton<ErrorHandler>();
        // Without the full AddAuthentication, which keeps keys on disk for cookies that a gateway does not have.
        services.AddWebEncoders();
        services.AddTransient<BearerAuthentication>();
        services.AddAuthenticationCore(authentication =>
            authentication.AddScheme<BearerAuthentication>(BearerAuthentication.Scheme, displayName: null));
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Caller, Policies.OfCallers)
            .AddPolicy(Policies.Operator,
                new AuthorizationPolicyBuilder(BearerAuthentication.Scheme).RequireRole(Policies.Operator).Build());
    }

    private static void AddCommands(IServiceCollection services)
    {
        services.AddPhoenixClient(static _ => { });
        // The gateway's options as they are, right or wrong: their own check says what is wrong with them, beside what is wrong here.
        services.AddOptions<PhoenixClientOptions>().Configure<IEnumerable<IConfigureOptions<PhoenixGatewayOptions>>, IConfiguration>(Copy);
    }

    private static void Copy(PhoenixClientOptions client, IEnumerable<IConfigureOptions<PhoenixGatewayOptions>> sources,
        IConfiguration configuration)
    {
        var gateway = new PhoenixGatewayOptions();
        foreach (var source in sources) source.Configure(gateway);
        client.ApplicationName = "gateway";
        client.BootstrapServers = gateway.Kafka;
        client.TopicPrefix = gateway.TopicPrefix;
        client.ReplicationFactor = gateway.ReplicationFactor;
        foreach (var (property, value) in gateway.KafkaProperties) client.ExtraProperties[property] = value;
        configuration.GetSection("Phoenix:Client").Bind(client);
    }
}
