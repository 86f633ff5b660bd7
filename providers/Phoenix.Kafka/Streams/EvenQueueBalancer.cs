using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// Spreads each topic's partitions over the active silos, even within one, from membership alone: every silo computes the same answer.
/// </summary>
/// <remarks>
/// Orleans' consistent-ring balancer is uneven for few queues (4 over 2 silos came out 3:1); its deployment-based one needs the names
/// of all silos in configuration and throws on one it does not know; the lease-based one needs a lease store.
/// </remarks>
internal sealed class EvenQueueBalancer(IServiceProvider services, ILogger<EvenQueueBalancer> logger) : QueueBalancerBase(services, logger), IStreamQueueBalancer
{
    private readonly IClusterMembershipService membership = services.GetRequiredService<IClusterMembershipService>();
    private IStreamQueueMapper? mapper;

    public static IStreamQueueBalancer Create(IServiceProvider services, string name) => ActivatorUtilities.CreateInstance<EvenQueueBalancer>(services);

    public override Task Initialize(IStreamQueueMapper queueMapper)
    {
        mapper = queueMapper;
        if (queueMapper is PartitionMapper partitions)
            partitions.Grown += () => NotifyListeners().Ignore();
        return base.Initialize(queueMapper);
    }

    public override IEnumerable<QueueId> GetMyQueues()
    {
        var silos = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress)
            .ToHashSet();
        silos.Add(SiloAddress);
        return EvenDistribution.Of(mapper!.GetAllQueues(), silos)[SiloAddress];
    }

    protected override void OnClusterMembershipChange(HashSet<SiloAddress> activeSilos) => NotifyListeners().Ignore();
}
