using Microsoft.Extensions.Time.Testing;
using Phoenix.Client;
using Phoenix.Messages;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Client;

[Trait("Category", "Servers")]
public sealed class WaitingTests(SharedKafka kafka)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_request_without_a_reply_says_that_its_outcome_is_unknown_and_how_to_learn_it()
    {
        var time = new FakeTimeProvider();
        await using var wire = await Wire.StartAsync(kafka, options => options.RequestTimeout = TimeSpan.FromSeconds(10), time);
        var request = wire.Client.RequestAsync("a-1", new Deposit(30), new() { CommandId = "d-1" }, cancellation: Cancellation);
        await wire.Silo.NextAsync();
        time.Advance(TimeSpan.FromSeconds(10));

        var error = await Assert.ThrowsAsync<OutcomeUnknownException>(() => request);
        Assert.Equal("d-1", error.CommandId);
        Assert.Contains("shop.account/a-1", error.Message, StringComparison.Ordinal);
        Assert.Contains("Sending it again with the same id d-1 is safe", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_query_without_an_answer_is_unavailable()
    {
        var time = new FakeTimeProvider();
        await using var wire = await Wire.StartAsync(kafka, time: time);
        var query = wire.Client.QueryAsync("a-1", new GetAccount(), cancellation: Cancellation);
        await wire.Silo.NextAsync();
        time.Advance(Eventually.Patience);

        var error = await Assert.ThrowsAsync<UnavailableException>(() => query);
        Assert.Contains("ask again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task another_attempt_sends_the_same_id_again_and_says_so()
    {
        var time = new FakeTimeProvider();
        await using var wire = await Wire.StartAsync(kafka, time: time);
        var request = wire.Client.RequestAsync("a-1", new Deposit(30), new() { CommandId = "d-1" }, new() { Attempts = 2 }, Cancellation);
        var first = await wire.Silo.NextAsync();
        time.Advance(Eventually.Patience);
        var second = await wire.Silo.NextAsync();
        await wire.Silo.ReplyAsync(second, ForeignSilo.Accepted("d-1", repeated: true));

        Assert.True((await request).Repeated);
        Assert.Equal((null, "true"), (ForeignSilo.Header(first, "phoenixrepeat"), ForeignSilo.Header(second, "phoenixrepeat")));
        Assert.Equal(("d-1", "d-1"), (ForeignSilo.Header(first, "ce_id"), ForeignSilo.Header(second, "ce_id")));
        Assert.Equal(ForeignSilo.Header(first, "requestid"), ForeignSilo.Header(second, "requestid"));
    }

    [Fact]
    public async Task a_caller_may_stop_waiting()
    {
        await using var wire = await Wire.StartAsync(kafka);
        using var caller = new CancellationTokenSource();
        var request = wire.Client.RequestAsync("a-1", new Deposit(30), cancellation: caller.Token);
        await wire.Silo.NextAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task more_requests_than_allowed_wait_for_a_place_and_can_be_cancelled()
    {
        await using var wire = await Wire.StartAsync(kafka, options => options.MaxInFlight = 1);
        using var caller = new CancellationTokenSource();
        var first = wire.Client.RequestAsync("a-1", new Deposit(1), new() { CommandId = "first" }, cancellation: Cancellation);
        var given = wire.Client.RequestAsync("a-1", new Deposit(2), new() { CommandId = "given-up" }, cancellation: caller.Token);
        var third = wire.Client.RequestAsync("a-1", new Deposit(3), new() { CommandId = "third" }, cancellation: Cancellation);
        var record = await wire.Silo.NextAsync();
        Assert.True(wire.Silo.IsIdle());
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        await wire.Silo.ReplyAsync(record, ForeignSilo.Accepted("first"));
        Assert.Equal("first", (await first).CommandId);
        record = await wire.Silo.NextAsync();
        Assert.Equal("third", ForeignSilo.Header(record, "ce_id"));
        await wire.Silo.ReplyAsync(record, ForeignSilo.Accepted("third"));
        Assert.Equal("third", (await third).CommandId);
    }

    [Fact]
    public async Task waiting_too_long_for_a_place_means_that_nothing_was_sent()
    {
        var time = new FakeTimeProvider();
        await using var wire = await Wire.StartAsync(kafka, options => options.MaxInFlight = 1, time);
        var first = wire.Client.RequestAsync("a-1", new Deposit(1), request: new() { Timeout = TimeSpan.FromHours(1) }, cancellation: Cancellation);
        var record = await wire.Silo.NextAsync();
        var second = wire.Client.RequestAsync("a-1", new Deposit(2), cancellation: Cancellation);
        time.Advance(Eventually.Patience);

        var error = await Assert.ThrowsAsync<UnavailableException>(() => second);
        Assert.Contains("MaxInFlight", error.Message, StringComparison.Ordinal);
        await wire.Silo.ReplyAsync(record, ForeignSilo.Accepted("first"));
        Assert.True((await first).IsAccepted);
        Assert.True(wire.Silo.IsIdle());
    }

    [Fact]
    public async Task disposal_ends_every_waiting_request_with_a_typed_error()
    {
        var wire = await Wire.StartAsync(kafka);
        var client = wire.Client;
        var command = client.RequestAsync("a-1", new Deposit(30), new() { CommandId = "d-1" }, cancellation: Cancellation);
        var query = client.QueryAsync("a-1", new GetAccount(), cancellation: Cancellation);
        await wire.Silo.NextAsync();
        await wire.Silo.NextAsync();
        await wire.DisposeAsync();

        Assert.Equal("d-1", (await Assert.ThrowsAsync<OutcomeUnknownException>(() => command)).CommandId);
        await Assert.ThrowsAsync<UnavailableException>(() => query);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.SendAsync("a-1", new Deposit(1), cancellation: Cancellation));
    }
}
