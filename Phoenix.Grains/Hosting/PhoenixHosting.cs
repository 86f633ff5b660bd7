using System.Reflection;
using Microsoft.Extensions.Hosting;
using Phoenix.Health;

namespace Phoenix.Hosting;

/// <summary>Makes a host a silo that runs aggregates.</summary>
public static class PhoenixHosting
{
    /// <summary>The same, with settings from configuration alone.</summary>
    /// <inheritdoc cref="UsePhoenix(IHostApplicationBuilder, Action{PhoenixOptions}, Assembly[])"/>
    public static IHostApplicationBuilder UsePhoenix(this IHostApplicationBuilder builder, params Assembly[] domains) =>
        builder.UsePhoenix(static _ => { }, domains);

    /// <summary>
    /// Makes the host a silo of a cluster that is kept in PostgreSQL, with the aggregates of the domains, the log, its projections, where
    /// Kafka is set the command streams, and health checks. Settings come from the section <c>Phoenix</c> and then from
    /// <paramref name="configure"/>; every part sees both. They are checked when the host starts: it then fails with one
    /// <see cref="Microsoft.Extensions.Options.OptionsValidationException"/> that lists all that is wrong. More of Orleans is set by
    /// <c>builder.UseOrleans(silo => ...)</c> after this.
    /// </summary>
    /// <param name="builder">The host; one silo each.</param>
    /// <param name="configure">Sets options. It may run more than once.</param>
    /// <param name="domains">Assemblies that hold aggregates, beside those that <see cref="PhoenixOptions.Domains"/> names.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ModelException">Something is wrong with the domain; the message lists everything found.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">No domain is named, or one is not found; the message lists
    /// what else is wrong with the settings.</exception>
    /// <exception cref="InvalidOperationException">The host was made a silo of ours before.</exception>
    public static IHostApplicationBuilder UsePhoenix(this IHostApplicationBuilder builder, Action<PhoenixOptions> configure,
        params Assembly[] domains)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.UseOrleans(silo => silo.AddPhoenix(domains, configure).UsePhoenixCluster().AddPhoenixHealthChecks());
        return builder;
    }
}
