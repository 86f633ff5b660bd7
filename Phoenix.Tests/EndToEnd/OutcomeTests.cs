using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>What becomes of commands that are as they should be, as a stranger on the wire sees it.</summary>
[Collection(SharedService.Name)]
[Trait("Category", "Servers")]
public sealed class OutcomeTests(SharedService shared)
{
    private static readonly Dictionary<string, Func<WireRequest, WireRequest>> OddButGood = new()
    {
        ["$type names a CLR type"] = request => request.Saying("""{"$type":"System.IO.FileInfo, System.IO.FileSystem","amount":5,"__type":"Shop.Accounts.Withdraw"}"""),
        ["$type stands behind"] = request => request.Saying("""{"amount":5,"$type":"Shop.Accounts.Withdraw, Phoenix.Samples.Shop","$id":"1","$ref":"1"}"""),
        ["unknown members"] = request => request.Saying("""{"amount":5.00,"more":{"a":[1,"\u0000"]}}"""),
        ["a charset"] = request => request.Set("content-type", "Application/JSON; charset=utf-8"),
        ["no content type"] = request => request.Without("content-type"),
        ["unknown CloudEvents headers of any content"] = request => request.Add("ce_subject", [0xFF, 0x00]).Add("ce_subject", (byte[]?)null),
        ["headers of a dead letter that was put back as it is"] = request => request.Add("deadletterid", "x").Add("deadletterid", "y").Add("deadlettermessage", "a\nb"),
        ["32 headers of their own"] = request => Enumerable.Range(1, 32).Aggregate(request, (all, number) => all.Add($"h{number}", number == 1 ? "" : "Grüße")),
        ["a trace context that is none"] = request => request.Add("traceparent", "nonsense"),
        ["a ce_id of 128 bytes"] = request => request.Set("ce_id", new string('i', 128)),
    };

    public static TheoryData<string> OddNames => [.. OddButGood.Keys];

    [Fact]
    public async Task an_accepted_command_is_recorded_and_its_repeat_gets_the_same_outcome()
    {
        var (service, key) = await NewAccountAsync();
        var deposit = service.Account(key, "deposit", """{"amount":5}""").Set("ce_id", "deposit 1").Set("replypartition", "1");
        var reply = await service.Wire.RequestAsync(deposit);
        var repeat = await service.Wire.RequestAsync(deposit.Again().Saying("""{ "amount" : 5.0 }""").Add("phoenixrepeat", "true"));

        Assert.Equal(deposit.Key, reply.Key);
        Assert.Equal(1, reply.Place.Partition.Value);
        Assert.Equal(
            ("1.0", "application/json", "phoenix.reply", $"shop.account/{key}", "deposit 1", "deposit 1", "accepted"),
            (reply["ce_specversion"], reply["content-type"], reply["ce_type"], reply["ce_source"], reply["commandid"], reply["correlationid"], reply["status"]));
        Assert.Equal((1, 2), reply.Versions);
        Assert.Equal((5m, "deposit 1", false), (reply.Json.GetProperty("reply").GetDecimal(), reply.Json.GetProperty("commandId").GetString(), reply.Repeated));
        Assert.Equal(("accepted", (1L, 2L), true), (repeat.Status, repeat.Versions, repeat.Repeated));
        Assert.Equal(("deposit 1", "shop.deposit", "kafka:/a-stranger"), (await LastRowAsync(service, key)) switch { var row => (row.Id, row.Command, row.Source) });
    }

    [Fact]
    public async Task a_rejected_command_is_recorded_with_code_message_and_payload_and_stays_rejected()
    {
        var (service, key) = await NewAccountAsync();
        var withdraw = service.Account(key, "withdraw", """{"amount":5,"why":"unknown member"}""");
        var reply = await service.Wire.RequestAsync(withdraw);
        await service.Wire.RequestAsync(service.Account(key, "deposit", """{"amount":100}"""));
        var repeat = await service.Wire.RequestAsync(withdraw.Again());

        Assert.Equal(("rejected", "insufficient-funds", (1L, 1L), false), (reply.Status, reply.Code, reply.Versions, reply.Repeated));
        Assert.Equal(("rejected", "insufficient-funds", (1L, 1L), true), (repeat.Status, repeat.Code, repeat.Versions, repeat.Repeated));
        var row = (await service.LedgerAsync($"shop.account/{key}")).Single(row => row.Id == withdraw.Id);
        Assert.Equal(("insufficient-funds", reply.Json.GetProperty("message").GetString(), """{"amount":5,"why":"unknown member"}"""), (row.Code, row.Message, row.Payload));
        Assert.Empty(service.Wire.Received(record => record["deadletterid"] is not null && record["ce_id"] == withdraw.Id));
    }

    [Fact]
    public async Task an_id_that_was_used_for_other_content_is_told_and_not_put_aside()
    {
        var (service, key) = await NewAccountAsync();
        var deposit = service.Account(key, "deposit", """{"amount":5}""");
        await service.Wire.RequestAsync(deposit);
        var other = await service.Wire.RequestAsync(deposit.Again().Saying("""{"amount":6}"""));
        var otherName = await service.Wire.RequestAsync(deposit.Again().Set("ce_type", "shop.withdraw"));
        var first = await service.Wire.RequestAsync(deposit.Again());

        Assert.Equal(("failed", "id-reused"), (other.Status, other.Code));
        Assert.Equal(("failed", "id-reused"), (otherName.Status, otherName.Code));
        Assert.Equal(("accepted", (1L, 2L), true), (first.Status, first.Versions, first.Repeated));
        Assert.Empty(service.Wire.Received(record => record["deadletterid"] is not null && record["ce_id"] == deposit.Id));
    }

    [Fact]
    public async Task without_an_id_a_second_send_is_a_second_command()
    {
        var (service, key) = await NewAccountAsync();
        var deposit = service.Account(key, "deposit", """{"amount":5}""").Without("ce_id");
        var place = await service.Wire.SendAsync(deposit);
        var first = await service.Wire.ReplyAsync(deposit);
        var second = await service.Wire.RequestAsync(deposit.Again());

        Assert.Equal(((1L, 2L), (2L, 3L)), (first.Versions, second.Versions));
        Assert.Contains($":{place.Partition.Value}:{place.Offset.Value}:", first["commandid"], StringComparison.Ordinal);
        Assert.Equal(first["commandid"], (await service.LedgerAsync($"shop.account/{key}"))[1].Id);
    }

    [Fact]
    public async Task an_id_that_is_repeated_in_one_batch_has_one_effect()
    {
        var (service, key) = await NewAccountAsync();
        var deposit = service.Account(key, "deposit", """{"amount":5}""");
        var requests = Enumerable.Range(0, 20).Select(_ => deposit.Again()).ToList();
        await Task.WhenAll(requests.Select(service.Wire.SendAsync));
        var replies = await Task.WhenAll(requests.Select(service.Wire.ReplyAsync));

        Assert.All(replies, reply => Assert.Equal((1, 2), reply.Versions));
        Assert.Single(replies, reply => !reply.Repeated);
        Assert.Equal(2, (await service.LedgerAsync($"shop.account/{key}")).Count);
    }

    [Theory, MemberData(nameof(OddNames))]
    public async Task what_the_page_allows_is_accepted(string name)
    {
        var (service, key) = await NewAccountAsync();
        var reply = await service.Wire.RequestAsync(OddButGood[name](service.Account(key, "deposit", """{"amount":5}""")));

        Assert.Equal(("accepted", (1L, 2L)), (reply.Status, reply.Versions));
        Assert.Equal(5m, reply.Json.GetProperty("reply").GetDecimal());
    }

    [Fact]
    public async Task an_outcome_stands_although_its_reply_has_nowhere_to_go()
    {
        var (service, key) = await NewAccountAsync();
        var beyond = service.Account(key, "deposit", """{"amount":5}""").Set("replypartition", "999");
        var missing = service.Account(key, "deposit", """{"amount":5}""").Set("replyto", $"{service.Prefix}.nobody.replies");
        await service.Wire.SendAsync(beyond);
        await service.Wire.SendAsync(missing);

        Assert.Equal((3, 4), (await service.Wire.RequestAsync(service.Account(key, "deposit", """{"amount":5}"""))).Versions);
        Assert.Equal((1, 2), (await service.Wire.RequestAsync(beyond.Again().Set("replypartition", "0"))).Versions);
    }

    [Fact]
    public async Task a_query_is_answered_at_its_place_among_the_commands()
    {
        var (service, key) = await NewAccountAsync();
        WireRequest[] requests =
        [
            .. Enumerable.Range(1, 10).SelectMany(number => new[]
            {
                service.Account(key, "deposit", """{"amount":1}"""),
                service.Account(key, "get-account", "{}").Without("ce_id").Add("linearizable", number % 2 == 0 ? "true" : "false"),
            }),
        ];
        await Task.WhenAll(requests.Select(service.Wire.SendAsync));
        for (var number = 1; number <= 10; number++)
        {
            var answer = await service.Wire.ReplyAsync(requests[(2 * number) - 1]);
            Assert.Equal("answered", answer.Status);
            Assert.Equal(number + 1, answer.Json.GetProperty("version").GetInt64());
            Assert.Equal(number, answer.Json.GetProperty("answer").GetProperty("balance").GetDecimal());
        }
    }

    private async Task<(RunningService Service, string Key)> NewAccountAsync()
    {
        var service = await shared.ServiceAsync();
        return (service, await service.NewAccountAsync());
    }

    private static async Task<(string Id, string Command, short Outcome, string? Code, string? Message, string? Payload, string? Source)> LastRowAsync(RunningService service, string key) =>
        (await service.LedgerAsync($"shop.account/{key}"))[^1];
}
