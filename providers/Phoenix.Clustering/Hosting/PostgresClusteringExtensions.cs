using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Messaging;
using Phoenix.Clustering.Membership;
using Phoenix.Clustering.Reminders;

namespace Phoenix.Clustering;

/// <summary>Keeps the members of a cluster, and its reminders, in PostgreSQL. Nothing has to be prepared in the database.</summary>
public static class PostgresClusteringExtensions
{
    /// <summary>The silo keeps its membership in PostgreSQL; silos of one <c>ClusterOptions.ClusterId</c> find each other there.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets at least <see cref="PostgresTableOptions.ConnectionString"/>.</param>
    public static ISiloBuilder UsePostgresClustering(this ISiloBuilder builder, Action<PostgresClusteringOptions> configure)
    {
        AddOptions(builder.Services, configure);
        builder.Services.AddSingleton<IMembershipTable, PostgresMembershipTable>();
        return builder;
    }

    /// <summary>The client finds the silos of its <c>ClusterOptions.ClusterId</c> in PostgreSQL.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">Sets at least <see cref="PostgresTableOptions.ConnectionString"/>. A client creates nothing: the role needs
    /// to read one table.</param>
    public static IClientBuilder UsePostgresClustering(this IClientBuilder builder, Action<PostgresClusteringOptions> configure)
    {
        AddOptions(builder.Services, configure);
        builder.Services.AddSingleton<IGatewayListProvider, PostgresGatewayListProvider>();
        return builder;
    }

    /// <summary>The silo keeps reminders in PostgreSQL; they belong to its <c>ClusterOptions.ServiceId</c> and outlive clusters.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets at least <see cref="PostgresTableOptions.ConnectionString"/>.</param>
    public static ISiloBuilder UsePostgresReminders(this ISiloBuilder builder, Action<PostgresRemindersOptions> configure)
    {
        AddOptions(builder.Services, configure);
        builder.AddReminders();
        builder.Services.AddSingleton<IReminderTable, PostgresReminderTable>();
        return builder;
    }

    private static void AddOptions<TOptions>(IServiceCollection services, Action<TOptions> configure)
        where TOptions : PostgresTableOptions
    {
        services.AddOptions<TOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, PostgresTableOptionsValidator<TOptions>>());
    }
}
