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

    [Fact]
    public void a_topic_goes_to_silos_that_read_it_and_leaves_others_where_they_are()
    {
        var silos = Silos(5);
        var queues = Queues([12, 12]);
        var all = EvenDistribution.Of(queues, silos);
        var some = EvenDistribution.Of(queues, silos, (topic, silo) => topic != "topic1" || silos.IndexOf(silo) is 1 or 3);
        Assert.Equal([0, 6, 0, 6, 0], silos.Select(silo => some[silo].Count(queue => queue.GetStringNamePrefix() == "topic1")));
        Assert.All(silos, silo => Assert.Equal(Of("topic0", all[silo]), Of("topic0", some[silo])));
        Assert.All(EvenDistribution.Of(queues, silos, static (_, _) => false).Values, Assert.Empty);

        static IEnumerable<QueueId> Of(string topic, List<QueueId> share) => share.Where(queue => queue.GetStringNamePrefix() == topic).Order();
    }

    private static Dictionary<QueueId, SiloAddress> Owners(Dictionary<SiloAddress, List<QueueId>> shares) =>
        shares.SelectMany(share => share.Value.Select(queue => (queue, share.Key))).ToDictionary(pair => pair.queue, pair => pair.Key);

    private static void AssertEven(IEnumerable<int> counts) => Assert.InRange(counts.Max() - counts.Min(), 0, 1);

    private static List<QueueId> Queues(int[] partitions) =>
        [.. new PartitionMapper(partitions.Select((count, number) => (new KafkaTopic($"ns{number}", $"topic{number}"), count))).GetAllQueues()];

    private static List<SiloAddress> Silos(int count) =>
        [.. Enumerable.Range(0, count).Select(number => SiloAddress.New(IPAddress.Loopback, 11_111 + number, 1))];
}
