using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>
/// Spreads each topic's partitions over the active silos that read it, even within one, from membership and what silos tell of themselves:
/// every silo computes the same answer.
/// </summary>
/// <remarks>
/// Orleans' consistent-ring balancer is uneven for few queues (4 over 2 silos came out 3:1); its deployment-based one needs the names
/// of all silos in configuration and throws on one it does not know; the lease-based one needs a lease store.
/// </remarks>
internal sealed class EvenQueueBalancer(string name, IServiceProvider services, ILogger<EvenQueueBalancer> logger)
    : QueueBalancerBase(services, logger), IStreamQueueBalancer, IDisposable
{
    private readonly IClusterManifestProvider manifests = services.GetRequiredService<IClusterManifestProvider>();
    private readonly ReadTopics topics = services.GetRequiredKeyedService<ReadTopics>(name);
    private readonly CancellationTokenSource stopping = new();
    private readonly IClusterMembershipService membership = services.GetRequiredService<IClusterMembershipService>();
    private IStreamQueueMapper? mapper;

    public static IStreamQueueBalancer Create(IServiceProvider services, string name) =>
        ActivatorUtilities.CreateInstance<EvenQueueBalancer>(services, name);

    public override Task Initialize(IStreamQueueMapper queueMapper)
    {
        mapper = queueMapper;
        if (queueMapper is PartitionMapper partitions)
            partitions.Grown += () => NotifyListeners().Ignore();
        _ = Task.Run(FollowManifestsAsync, CancellationToken.None);
        return base.Initialize(queueMapper);
    }

    public override async Task Shutdown()
    {
        await stopping.CancelAsync();
        await base.Shutdown();
        Dispose();
    }

    public void Dispose() => stopping.Dispose();

    public override IEnumerable<QueueId> GetMyQueues()
    {
        var silos = membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress)
            .ToHashSet();
        silos.Add(SiloAddress);
        var manifest = manifests.Current;
        return EvenDistribution.Of(
            mapper!.GetAllQueues(), silos, (topic, silo) => silo == SiloAddress || topics.Reads(manifest, silo, topic))[SiloAddress];
    }

    // What a silo reads is known a moment after the silo is.
    private async Task FollowManifestsAsync()
    {
        try
        {
            await foreach (var _ in manifests.Updates.WithCancellation(stopping.Token))
                NotifyListeners().Ignore();
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    protected override void OnClusterMembershipChange(HashSet<SiloAddress> activeSilos) => NotifyListeners().Ignore();
}
