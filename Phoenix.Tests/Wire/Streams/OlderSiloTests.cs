using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>Silos of two builds in one cluster, of which one has a topic that the other does not know.</summary>
[Trait("Category", "Servers")]
public sealed class OlderSiloTests(SharedKafka kafka)
{
    [Fact]
    public async Task partitions_of_a_new_topic_are_read_by_silos_that_know_it_alone()
    {
        var silos = 0;
        var other = $"wire-{Guid.NewGuid():N}.commands";
        await kafka.CreateTopicAsync(other, 3);
        await kafka.CreateTopicAsync(KafkaTopic.DefaultDeadLetterTopic(other), 3);
        await using var cluster = await WireCluster.StartAsync(kafka, $"wire-{Guid.NewGuid():N}.commands", silos: 2, options =>
        {
            // The older build, whichever silo that is.
            if (Interlocked.Increment(ref silos) == 1) options.Topics.Clear();
            options.Topics.Add(new KafkaTopic("other", other, 3));
        }, partitions: 6);

        // A silo that is first has all of what it knows until it hears of the other.
        await Eventually.TrueAsync("one reads the one topic alone and both share the other", () =>
            Read(cluster, cluster.Topic.Topic).Order().SequenceEqual([0, 6]) && Read(cluster, other).Order().SequenceEqual([1, 2]));
    }

    private static IEnumerable<int> Read(WireCluster cluster, string topic) => cluster.Silos.Select(
        silo => WireCluster.Health(silo).Partitions.Count(each => each.Topic == topic && each.IsReadHere && each.DoneOffset is not null));
}
