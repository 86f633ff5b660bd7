using System.Net;
using CsCheck;
using Orleans.Streams;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

public sealed class EvenDistributionTests
{
    [Fact]
    public void every_queue_has_one_silo_and_shares_differ_by_at_most_one_for_each_topic()
    {
        Gen.Select(Gen.Int[1, 40].Array[1, 4], Gen.Int[1, 12]).Sample((topics, silos) =>
        {
            var queues = Queues(topics);
            var shares = EvenDistribution.Of(queues, Silos(silos));
            Assert.Equal(queues.Order(), shares.Values.SelectMany(share => share).Order());
            foreach (var topic in queues.Select(queue => queue.GetStringNamePrefix()).Distinct())
                AssertEven(shares.Values.Select(share => share.Count(queue => queue.GetStringNamePrefix() == topic)));
        });
    }

    [Fact]
    public void all_silos_compute_the_same_whatever_the_order()
    {
        var queues = Queues([12, 7]);
        var silos = Silos(5);
        var one = EvenDistribution.Of(queues, silos);
        var other = EvenDistribution.Of(queues.AsEnumerable().Reverse(), [.. silos.AsEnumerable().Reverse()]);
        Assert.All(silos, silo => Assert.Equal(one[silo].Order(), other[silo].Order()));
    }

    [Fact]
    public void silos_that_know_different_topics_agree_on_those_that_both_know()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40].Array[1, 4], Gen.Int[1, 12]).Sample((common, others, count) =>
        {
            var silos = Silos(count);
            var before = Owners(EvenDistribution.Of(Queues([common]), silos));
            var after = Owners(EvenDistribution.Of(Queues([common, .. others]), silos));
            Assert.All(before, queue => Assert.Equal(queue.Value, after[queue.Key]));
        });
    }

    [Fact]
    public void many_topics_of_few_partitions_are_spread_over_the_silos()
    {
        var shares = EvenDistribution.Of(Queues([.. Enumerable.Repeat(1, 300)]), Silos(3));
        Assert.All(shares.Values, share => Assert.InRange(share.Count, 60, 140));
    }

    [Fact]
    public void a_silo_that_joins_takes_its_share_and_moves_little_else()
    {
        var queues = Queues([120]);
        var before = Owners(EvenDistribution.Of(queues, Silos(5)));
        var after = Owners(EvenDistribution.Of(queues, Silos(6)));
        Assert.InRange(queues.Count(queue => !before[queue].Equals(after[queue])), 20, 50);
    }

    private static Dictionary<QueueId, SiloAddress> Owners(Dictionary<SiloAddress, List<QueueId>> shares) =>
        shares.SelectMany(share => share.Value.Select(queue => (queue, share.Key))).ToDictionary(pair => pair.queue, pair => pair.Key);

    private static void AssertEven(IEnumerable<int> counts) => Assert.InRange(counts.Max() - counts.Min(), 0, 1);

    private static List<QueueId> Queues(int[] partitions) =>
        [.. new PartitionMapper(partitions.Select((count, number) => (new KafkaTopic($"ns{number}", $"topic{number}"), count))).GetAllQueues()];

    private static List<SiloAddress> Silos(int count) =>
        [.. Enumerable.Range(0, count).Select(number => SiloAddress.New(IPAddress.Loopback, 11_111 + number, 1))];
}
