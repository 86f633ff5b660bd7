using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Phoenix.Hosting;

namespace Phoenix.Health;

/// <summary>Adds what a silo knows of its health to the host's health checks.</summary>
internal static class PhoenixHealthChecks
{
    /// <summary>
    /// Adds twelve checks. Tagged <c>live</c>: <c>commit-queue</c> and <c>ingestion</c>, which fail when something that has work makes no
    /// progress. Tagged <c>ready</c>: <c>membership</c>, <c>storage</c> and <c>broker</c>. Untagged: <c>partitions</c>, the lag of each
    /// partition that this silo reads; <c>decisions</c>, handlers that do not return and aggregates that cannot be read;
    /// <c>projections</c>, their lag and what stops them; <c>due</c>, the lag of timers and sends; <c>consumption</c>, topics that are
    /// switched off; <c>dead-letters</c>, what keeps them from being listed; and <c>services</c>, steps that wait for other services. All
    /// read what is known already; none asks a server. Limits are those of <see cref="PhoenixOptions.Health"/>.
    /// </summary>
    /// <param name="builder">A silo that <c>AddPhoenix</c> was called on.</param>
    public static ISiloBuilder AddPhoenixHealthChecks(this ISiloBuilder builder)
    {
        builder.Services.TryAddSingleton(static provider => provider.GetRequiredService<PhoenixOptions>().Health);
        string[] live = ["live"], ready = ["ready"];
        builder.Services.AddHealthChecks()
            .AddCheck<CommitQueueCheck>("commit-queue", tags: live)
            .AddCheck<IngestionCheck>("ingestion", tags: live)
            .AddCheck<MembershipCheck>("membership", tags: ready)
            .AddCheck<StorageCheck>("storage", tags: ready)
            .AddCheck<BrokerCheck>("broker", tags: ready)
            .AddCheck<PartitionsCheck>("partitions")
            .AddCheck<DecisionsCheck>("decisions")
            .AddCheck<ProjectionsCheck>("projections")
            .AddCheck<DueCheck>("due")
            .AddCheck<ConsumptionCheck>("consumption")
            .AddCheck<DeadLettersCheck>("dead-letters")
            .AddCheck<ServicesCheck>("services");
        return builder;
    }
}
