using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Phoenix.Health;

/// <summary>Adds what a silo knows of its health to the host's health checks.</summary>
public static class PhoenixHealthChecks
{
    /// <summary>
    /// Adds six checks. Tagged <c>live</c>: <c>commit-queue</c> and <c>ingestion</c>, which fail when something that has work makes no progress. Tagged
    /// <c>ready</c>: <c>membership</c>, <c>storage</c> and <c>broker</c>. Untagged: <c>partitions</c>, the lag of each partition that this silo reads. All of
    /// them read what is known already; none asks a server. Limits come from the section <c>Phoenix:Health</c>.
    /// </summary>
    /// <param name="builder">A silo that <c>AddPhoenix</c> was called on.</param>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public static ISiloBuilder AddPhoenixHealthChecks(this ISiloBuilder builder)
    {
        var limits = new HealthLimits();
        builder.Configuration.GetSection("Phoenix:Health").Bind(limits);
        if (limits.Problems().ToList() is { Count: > 0 } problems) throw new ArgumentException(string.Join(Environment.NewLine, problems));
        builder.Services.TryAddSingleton(limits);
        string[] live = ["live"], ready = ["ready"];
        builder.Services.AddHealthChecks()
            .AddCheck<CommitQueueCheck>("commit-queue", tags: live)
            .AddCheck<IngestionCheck>("ingestion", tags: live)
            .AddCheck<MembershipCheck>("membership", tags: ready)
            .AddCheck<StorageCheck>("storage", tags: ready)
            .AddCheck<BrokerCheck>("broker", tags: ready)
            .AddCheck<PartitionsCheck>("partitions");
        return builder;
    }
}
