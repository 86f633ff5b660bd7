using Microsoft.Extensions.DependencyInjection;
using Phoenix.EventStore.Projecting;

namespace Phoenix.EventStore;

/// <summary>Lets a silo that has the log run Marten's projections.</summary>
public static class ProjectionExtensions
{
    /// <summary>
    /// Adds the daemon, the readers' role if one is asked for, <see cref="IProjectionHealth"/>, <see cref="IProjectionUpkeep"/> and
    /// <see cref="IProjectionVersions"/>.
    /// </summary>
    /// <param name="builder">A silo that <c>AddMartenBasedLogConsistencyProvider</c> was called on, with <see cref="ProjectionOptions"/>
    /// among its services.</param>
    public static ISiloBuilder AddProjections(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<ProjectionProgress>().AddSingleton<ProjectionDaemons>().AddSingleton<ProjectionWatch>()
            .AddSingleton<ProjectionLeases>().AddSingleton<ProjectionFence>().AddSingleton<ProjectionVersions>()
            .AddSingleton<IProjectionHealth>(services => services.GetRequiredService<ProjectionWatch>());
        builder.Services.AddSingleton<IProjectionUpkeep, ProjectionUpkeep>().AddSingleton<IProjectionVersions, KeptVersions>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<ProjectionVersions>());
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, ReaderRole>();
        builder.Services.AddHostedService<ProjectionDaemon>();
        return builder;
    }
}
