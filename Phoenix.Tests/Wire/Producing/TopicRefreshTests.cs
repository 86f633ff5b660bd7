using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>A question for a topic uses the producer's native client, which must not go while it is under way.</summary>
public sealed class TopicRefreshTests
{
    private static readonly KafkaRecord Record = new() { Topic = "t", Key = "k", Id = "1", Type = "t.t", Source = "/test" };

    [Fact]
    public async Task a_producer_is_released_after_the_question_that_uses_it_and_is_asked_no_more()
    {
        // Nobody listens there, so that the question takes as long as it may.
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = "127.0.0.1:1" })
            .SetLogHandler((_, _) => { }).Build();
        var refresh = new TopicRefresh();
        var asked = refresh.FindsAsync(producer, Record);
        Assert.False(asked.IsCompleted);
        await Eventually.TrueAsync("it is under way", () => refresh.IsUsing(producer));

        await Task.Run(() => refresh.Release(producer));

        Assert.False(refresh.IsUsing(producer));
        Assert.False(await asked);
        var later = refresh.FindsAsync(producer, Record);
        Assert.False(await later.WaitAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken));
    }
}
