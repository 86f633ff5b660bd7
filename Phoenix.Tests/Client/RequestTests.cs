using Phoenix.Client;
using Phoenix.Messages;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Client;

[Trait("Category", "Servers")]
public sealed class RequestTests(SharedKafka kafka)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_request_ends_with_the_outcome_of_its_reply()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var request = wire.Client.RequestAsync("a-1", new Deposit(30), new() { CommandId = "d-1" }, cancellation: Cancellation);
        var record = await wire.Silo.NextAsync();
        Assert.Equal($"{wire.Prefix}.tests.replies", ForeignSilo.Header(record, "replyto"));
        await wire.Silo.ReplyAsync(record, ForeignSilo.Accepted("d-1", repeated: true));

        var outcome = await request;
        Assert.Equal(new Outcome { CommandId = "d-1", Status = OutcomeStatus.Accepted, VersionBefore = 4, VersionAfter = 5, ReplyJson = "130.5", Repeated = true }, outcome);
        Assert.Equal(130.5m, outcome.Reply<decimal>());
    }

    [Fact]
    public async Task a_rejection_is_an_outcome_and_no_error()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var request = wire.Client.RequestAsync("a-1", new Withdraw(30), cancellation: Cancellation);
        await wire.Silo.ReplyAsync(await wire.Silo.NextAsync(),
            """{"status":"rejected","commandId":"w","versionBefore":4,"versionAfter":4,"code":"insufficient-funds","message":"The balance is low.","repeated":false}""");

        var outcome = await request;
        Assert.Equal((OutcomeStatus.Rejected, "insufficient-funds", "The balance is low."), (outcome.Status, outcome.Code, outcome.Message));
    }

    [Fact]
    public async Task a_query_is_answered_and_asks_for_a_linearizable_read()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var query = wire.Client.QueryAsync("a-1", new GetAccount(), linearizable: true, cancellation: Cancellation);
        var record = await wire.Silo.NextAsync();
        Assert.Equal(("shop.get-account", "true"), (ForeignSilo.Header(record, "ce_type"), ForeignSilo.Header(record, "linearizable")));
        // Not to wait at the silo: see docs/wire.md, Identity.
        Assert.Equal(ForeignSilo.Header(record, "requestid"), ForeignSilo.Header(record, "ce_id"));
        await wire.Silo.ReplyAsync(record, """{"status":"answered","version":5,"answer":{"id":"a-1","status":"Open","owner":"Ada","balance":12.5,"version":5}}""");

        Assert.Equal(new AccountView("a-1", AccountStatus.Open, "Ada", 12.5m, 5), await query);
    }

    [Theory]
    [InlineData(ErrorCodes.HandlerFailed, typeof(CommandFailedException))]
    [InlineData(ErrorCodes.UnknownName, typeof(CommandFailedException))]
    [InlineData(ErrorCodes.IdReused, typeof(CommandIdReusedException))]
    [InlineData(ErrorCodes.BrokenAggregate, typeof(AggregateBrokenException))]
    public async Task a_failure_surfaces_as_the_exception_a_grain_caller_gets(string code, Type expected)
    {
        await using var wire = await Wire.StartAsync(kafka);
        var request = wire.Client.RequestAsync("a-1", new Deposit(30), cancellation: Cancellation);
        await wire.Silo.ReplyAsync(await wire.Silo.NextAsync(), $$"""{"status":"failed","code":"{{code}}","message":"What was found."}""");

        var error = (CommandException)await Assert.ThrowsAsync(expected, () => request);
        Assert.Equal((code, "What was found."), (error.Code, error.Message));
    }

    [Fact]
    public async Task replies_that_nobody_waits_for_are_ignored()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var first = wire.Client.RequestAsync("a-1", new Deposit(30), new() { CommandId = "d-1" }, cancellation: Cancellation);
        var record = await wire.Silo.NextAsync();
        var own = ForeignSilo.Header(record, "requestid")!;
        foreach (var stranger in (string[])["", "nonsense", own + "0", own[..^1], "0" + own, $"{Guid.NewGuid():N}-1"])
            await wire.Silo.ReplyAsync(record, ForeignSilo.Accepted("stranger"), stranger);
        await wire.Silo.ReplyAsync(record, ForeignSilo.Accepted("d-1"));
        await wire.Silo.ReplyAsync(record, ForeignSilo.Accepted("late repeat"));
        Assert.Equal("d-1", (await first).CommandId);

        var second = wire.Client.RequestAsync("a-1", new Deposit(30), new() { CommandId = "d-2" }, cancellation: Cancellation);
        await wire.Silo.ReplyAsync(await wire.Silo.NextAsync(), ForeignSilo.Accepted("d-2"));
        Assert.Equal("d-2", (await second).CommandId);
    }

    [Fact]
    public async Task two_requests_with_the_same_id_get_a_reply_each()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var options = new CommandOptions { CommandId = "d-1", CorrelationId = "order-7" };
        var first = wire.Client.RequestAsync("a-1", new Deposit(30), options, cancellation: Cancellation);
        await wire.Silo.ReplyAsync(await wire.Silo.NextAsync(), ForeignSilo.Accepted("d-1"));
        Assert.True((await first).IsAccepted);
        var second = wire.Client.RequestAsync("a-1", new Deposit(31), options, cancellation: Cancellation);
        await wire.Silo.ReplyAsync(await wire.Silo.NextAsync(), """{"status":"failed","code":"id-reused","message":"Known with other content."}""");

        await Assert.ThrowsAsync<CommandIdReusedException>(() => second);
    }

    [Fact]
    public async Task an_unreadable_reply_leaves_the_outcome_unknown()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var request = wire.Client.RequestAsync("a-1", new Deposit(30), new() { CommandId = "d-1" }, cancellation: Cancellation);
        await wire.Silo.ReplyAsync(await wire.Silo.NextAsync(), """{"status":"accepted"}""");

        var error = await Assert.ThrowsAsync<OutcomeUnknownException>(() => request);
        Assert.Contains("'commandId'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task many_requests_at_once_each_get_their_own_reply()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var requests = Enumerable.Range(0, 200)
            .Select(number => wire.Client.RequestAsync($"a-{number}", new Deposit(1), new() { CommandId = $"d-{number}" }, cancellation: Cancellation)).ToList();
        for (var answered = 0; answered < requests.Count; answered++)
        {
            var record = await wire.Silo.NextAsync();
            _ = wire.Silo.ReplyAsync(record, ForeignSilo.Accepted(ForeignSilo.Header(record, "ce_id")!));
        }

        var outcomes = await Task.WhenAll(requests);
        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"d-{number}"), outcomes.Select(outcome => outcome.CommandId));
    }
}
