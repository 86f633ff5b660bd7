using Phoenix.Client;
using Phoenix.Messages;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// Bodies above the limits of broker and silo. Each test has topics of its own: the embedded broker keeps 5 MiB a partition, and a record
/// that pushes out all before it is lost with them.
/// </summary>
[Trait("Category", "Servers")]
public sealed class LargeMessageTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private RunningService service = null!;

    public async ValueTask InitializeAsync() => service = await RunningService.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Theory]
    [InlineData(1_500_000)]
    [InlineData(5_000_000)]
    public async Task a_body_that_only_the_broker_takes_is_put_aside_and_told(int bytes)
    {
        var wire = service.Wire;
        await LetLargeOnesPassAsync(wire.CommandTopic("test.fragile"));
        var key = Guid.NewGuid().ToString("N");
        var bad = service.Fragile(key, "note", $$"""{"text":"{{new string('x', bytes)}}"}""");
        var next = service.Fragile(key, "note", """{"text":"small"}""");
        var places = await Task.WhenAll(wire.SendAsync(bad), wire.SendAsync(next));

        var letter = await wire.DeadLetterAsync(places[0]);
        Assert.Equal((0, 1), (await wire.ReplyAsync(next)).Versions);
        Assert.Equal("too-large", letter["deadletterreason"]);
        Assert.Equal(bad.Body, letter.Body);
        Assert.Equal(bad.Headers, letter.Headers.Take(bad.Headers.Count), BadMessageTests.SameHeader);
        var reply = await wire.ReplyAsync(bad);
        Assert.Equal(("failed", "too-large", $"test.fragile/{key}", bad.Id), (reply.Status, reply.Code, reply["ce_source"], reply["commandid"]));
        Assert.Equal((1, 2), (await wire.RequestAsync(bad.Again().Saying("""{"text":"smaller"}"""))).Versions);
    }

    [RealBrokerFact]
    public async Task a_body_that_the_broker_refuses_is_a_typed_error_to_its_sender()
    {
        await using var client = await TestClient.StartAsync(await kafka.BootstrapAsync(), service.Prefix);
        var key = Guid.NewGuid().ToString("N");

        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => client.Phoenix.RequestAsync(key, new OpenAccount(new string('x', 5_000_000))));
        Assert.Equal(ErrorCodes.TooLarge, refused.Code);
        Assert.True((await client.Phoenix.RequestAsync(key, new OpenAccount("Ann"))).IsAccepted);
    }

    private async Task LetLargeOnesPassAsync(string topic)
    {
        // The embedded broker takes any size.
        if (!SharedKafka.IsReal) return;
        await TopicSettings.SetAsync(await kafka.BootstrapAsync(), topic, "max.message.bytes", "16777216");
    }
}
