using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// Replies that their topic does not take: what became of the command is told all the same, or its sender would ask for ever.
/// </summary>
[Trait("Category", "Servers")]
public sealed class LargeReplyTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private static readonly string Large = new('x', 5_000);
    private RunningService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await RunningService.StartAsync(postgres, kafka);
        if (SharedKafka.IsReal) await TopicSettings.SetAsync(await kafka.BootstrapAsync(), _service.Wire.ReplyTopic, "max.message.bytes", "2500");
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [RealBrokerFact]
    public async Task the_outcome_is_told_without_the_value_that_does_not_fit()
    {
        var request = _service.Fragile(Guid.NewGuid().ToString("N"), "echo", $$"""{"text":"{{Large}}"}""");
        var reply = await _service.Wire.RequestAsync(request);

        Assert.Equal(("accepted", (0L, 1L)), (reply.Status, reply.Versions));
        Assert.True(reply.Json.GetProperty("replyLeftOut").GetBoolean());
        Assert.False(reply.Json.TryGetProperty("reply", out _));
        var outcome = ReplyBody.Parse(reply.Body).Outcome!;
        Assert.Contains("max.message.bytes", Assert.Throws<InvalidOperationException>(() => outcome.Reply<string>()).Message, StringComparison.Ordinal);

        var neighbour = await _service.Wire.RequestAsync(_service.Fragile(Guid.NewGuid().ToString("N"), "echo", """{"text":"small"}"""));
        Assert.Equal("small", neighbour.Json.GetProperty("reply").GetString());
    }

    [RealBrokerFact]
    public async Task a_rejection_is_told_with_the_beginning_of_its_message()
    {
        var reply = await _service.Wire.RequestAsync(_service.Fragile(Guid.NewGuid().ToString("N"), "refuse", $$"""{"why":"{{Large}}"}"""));

        Assert.Equal(("rejected", "refused"), (reply.Status, reply.Code));
        Assert.StartsWith("Refused: xxx", reply.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [RealBrokerFact]
    public async Task an_answer_that_does_not_fit_is_a_typed_failure()
    {
        var key = Guid.NewGuid().ToString("N");
        await _service.Wire.RequestAsync(_service.Fragile(key, "note", $$"""{"text":"{{Large}}"}"""));
        var reply = await _service.Wire.RequestAsync(_service.Fragile(key, "last", "{}").Without("ce_id"));

        Assert.Equal(("failed", "too-large", "failed"), (reply.Status, reply.Code, reply["status"]));
    }
}
