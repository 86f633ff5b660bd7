using Phoenix.Client;
using Phoenix.Kafka;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Client;

/// <summary>A reply topic that is deleted, or made anew, under a living client: requests are answered again without a restart.</summary>
[Trait("Category", "Servers")]
public sealed class LostReplyTopicTests(SharedKafka kafka)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [RealBrokerFact]
    public async Task a_topic_that_was_deleted_is_made_again_and_requests_are_answered()
    {
        await using var wire = await StartAsync();
        await AnsweredAsync(wire);
        using var topics = new KafkaTopics(await kafka.BootstrapAsync());

        await topics.DeleteAsync($"{wire.Prefix}.tests.replies");

        await AnsweredAsync(wire);
    }

    [RealBrokerFact]
    public async Task a_topic_with_fewer_partitions_is_taken_up_at_one_that_it_has()
    {
        await using var wire = await StartAsync();
        await AnsweredAsync(wire);
        using var topics = new KafkaTopics(await kafka.BootstrapAsync());
        var ready = wire.Client.Ready;

        // With the number of partitions that this client asks for: 1 instead of 3.
        await topics.DeleteAsync($"{wire.Prefix}.tests.replies");
        await Eventually.TrueAsync("the loss is noticed", () => wire.Client.Ready != ready);
        await wire.Client.Ready.WaitAsync(Eventually.Patience, Cancellation);

        Assert.Equal(1, (await topics.DescribeAsync($"{wire.Prefix}.tests.replies"))!.Partitions);
        await AnsweredAsync(wire);
    }

    private Task<Wire> StartAsync() => Wire.StartAsync(kafka, options =>
    {
        options.ReplyTopicCheckInterval = TimeSpan.FromMilliseconds(100);
        options.ReplyPartitions = 1;
        options.RequestTimeout = TimeSpan.FromSeconds(3);
    });

    // The first attempts may name the topic that is gone; sending again under the same id is what callers do.
    private static async Task AnsweredAsync(Wire wire)
    {
        var request = wire.Client.RequestAsync("a-1", new Deposit(1), new() { CommandId = "d-1" }, new() { Attempts = 20 }, Cancellation);
        while (!request.IsCompleted)
        {
            var next = wire.Silo.NextAsync();
            if (await Task.WhenAny(request, next) == request) break;
            await TryReplyAsync(wire, await next);
        }

        Assert.True((await request).IsAccepted);
    }

    private static async Task TryReplyAsync(Wire wire, Confluent.Kafka.ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            await wire.Silo.ReplyAsync(record, ForeignSilo.Accepted("d-1"));
        }
        catch (Confluent.Kafka.ProduceException<byte[], byte[]>)
        {
            // To the topic that is gone.
        }
    }
}
