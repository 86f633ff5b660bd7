using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// A bad message never blocks a good one (guarantee 7): each row spoils one deposit in one way, and expects its dead letter, its typed
/// reply, no trace in the ledger, decided neighbours, and that the same id is decided anew.
/// </summary>
[Collection(SharedService.Name)]
[Trait("Category", "Servers")]
public sealed class BadMessageTests(SharedService shared)
{
    private static readonly byte[] NotUtf8 = [0x66, 0xFF, 0xFE];

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["truncated JSON"] = Body("""{"amount":5"""),
        ["a string for a number"] = Body("""{"amount":"5"}"""),
        ["an object for a number"] = Body("""{"amount":{"value":5}}"""),
        ["a number too large for its type"] = Body("""{"amount":1e99}"""),
        ["a missing required member"] = Body("{}"),
        ["a member in the wrong case"] = Body("""{"Amount":5}"""),
        ["a null member"] = Body("""{"amount":null}"""),
        ["an envelope"] = Body("""{"amount":5,"$phoenix":{"key":"k"}}"""),
        ["no body"] = new(request => request with { Body = null }, "undecodable", "body"),
        ["an empty body"] = Body(""),
        ["the JSON null"] = Body("null"),
        ["a JSON array"] = Body("[5]"),
        ["a JSON number"] = Body("5"),
        ["two JSON values"] = Body("""{"amount":5}{"amount":5}"""),
        ["a doubled member"] = Body("""{"amount":5,"amount":6}"""),
        ["a comment"] = Body("""{"amount":5/*five*/}"""),
        ["a trailing comma"] = Body("""{"amount":5,}"""),
        ["deep nesting"] = Body($$"""{"amount":5,"more":{{new string('[', 40)}}{{new string(']', 40)}}}"""),
        ["very deep nesting"] = Body(new string('[', 500_000)),
        ["half a surrogate pair"] = new(request => request.Set("ce_type", "shop.open-account").Saying("""{"owner":"\ud800"}"""), "undecodable", "shop.open-account"),
        ["a body that is not UTF-8"] = new(
            request => request.Set("ce_type", "shop.open-account") with { Body = [.. "{\"owner\":\""u8, .. NotUtf8, .. "\"}"u8] }, "undecodable", "shop.open-account"),

        ["an unknown name"] = Header("ce_type", "shop.steal", "unknown-name", "shop.deposit"),
        ["a name in the wrong case"] = Header("ce_type", "Shop.Deposit", "unknown-name", "shop.deposit"),
        ["a CLR type as the name"] = Header("ce_type", "Shop.Accounts.Deposit", "unknown-name", "shop.deposit"),
        ["an event as the name"] = Header("ce_type", "shop.money-deposited", "unknown-name", "shop.deposit"),
        ["a name of another aggregate"] = Header("ce_type", "test.note", "unknown-name", "shop.deposit"),
        ["a tenant"] = Header("phoenixtenant", "acme", "undecodable", "phoenixtenant"),
        ["no ce_type"] = Missing("ce_type"),
        ["no ce_source"] = Missing("ce_source"),
        ["no ce_specversion"] = Missing("ce_specversion"),
        ["another ce_specversion"] = Header("ce_specversion", "0.3", "undecodable", "ce_specversion"),
        ["another content type"] = Header("content-type", "text/xml", "undecodable", "content-type"),
        ["an endless ce_source"] = Header("ce_source", new string('s', 2000), "undecodable", "ce_source"),
        ["a doubled ce_type"] = new(request => request.Add("ce_type", "shop.withdraw"), "undecodable", "ce_type"),
        ["a ce_type that is not UTF-8"] = new(request => request.Set("ce_type", NotUtf8), "undecodable", "ce_type"),
        ["control characters in ce_source"] = Header("ce_source", "/a\u0085b", "undecodable", "ce_source"),
        ["control characters in ce_id"] = Header("ce_id", "deposit\u0001", "undecodable", "ce_id"),
        ["an empty ce_id"] = Header("ce_id", "", "undecodable", "ce_id"),
        ["a ce_id of 129 bytes"] = Header("ce_id", new string('i', 129), "undecodable", "128"),
        ["a correlation id of 129 bytes"] = Header("correlationid", new string('c', 129), "undecodable", "correlationid"),
        ["33 headers of their own"] = new(request => Enumerable.Range(1, 33).Aggregate(request, (all, number) => all.Add($"h{number}", "x")), "too-large", "32"),
        ["5 KiB of headers of their own"] = new(request => request.Add("colour", new string('r', 5 * 1024)), "too-large", "4096"),
        ["a requestid of 129 bytes"] = Header("requestid", new string('r', 129), "undecodable", "requestid", isTold: false),
        ["a reply topic outside the allow-list"] = Header("replyto", "shop.secrets", "undecodable", "shop.secrets", isTold: false),
        ["an empty reply topic"] = Header("replyto", "", "undecodable", "replyto", isTold: false),
        ["a partition that is no number"] = Header("replypartition", "one", "undecodable", "replypartition"),
        ["a negative partition"] = Header("replypartition", "-1", "undecodable", "replypartition"),
        ["a partition beyond all numbers"] = Header("replypartition", "99999999999", "undecodable", "replypartition"),

        ["a query without a reply topic"] = new(request => request.Set("ce_type", "shop.get-account").Saying("{}").Without("replyto"), "undecodable", "replyto", IsTold: false),
        ["a query that is no object"] = new(request => request.Set("ce_type", "shop.get-account").Saying("[]"), "undecodable", "shop.get-account"),
        ["a query that is linearizable perhaps"] = new(request => request.Set("ce_type", "shop.get-account").Saying("{}").Set("linearizable", "yes"), "undecodable", "linearizable"),
        ["a query that is linearizable twice"] = new(
            request => request.Set("ce_type", "shop.get-account").Saying("{}").Add("linearizable", "true").Add("linearizable", "false"), "undecodable", "linearizable"),
        ["an unknown query"] = Header("ce_type", "shop.get-secrets", "unknown-name", "shop.deposit"),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task a_bad_message_is_put_aside_and_its_neighbours_are_decided(string name)
    {
        var service = await shared.ServiceAsync();
        var wire = service.Wire;
        var row = Rows[name];
        var (key, otherKey) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        var open = service.Account(key, "open-account", """{"owner":"Ann"}""");
        var good = service.Account(key, "deposit", """{"amount":5}""").Set("ce_id", $"deposit of {name}");
        var bad = row.Spoil(good);
        var next = service.Account(key, "deposit", """{"amount":7}""");
        var elsewhere = service.Account(otherKey, "open-account", """{"owner":"Bob"}""");
        var places = await Task.WhenAll(new[] { open, bad, next, elsewhere }.Select(wire.SendAsync));

        var letter = await wire.DeadLetterAsync(places[1]);
        Assert.Equal((1, 2), (await wire.ReplyAsync(next)).Versions);
        Assert.Equal("accepted", (await wire.ReplyAsync(elsewhere)).Status);
        Assert.Equal(bad.Key, letter.Key);
        Assert.Equal(bad.Body, letter.Body);
        Assert.Equal(bad.Headers, letter.Headers.Take(bad.Headers.Count), SameHeader);
        Assert.Equal(row.Code, letter["deadletterreason"]);
        Assert.Contains(row.Hint, letter["deadlettermessage"], StringComparison.Ordinal);
        if (row.IsTold)
        {
            var reply = await wire.ReplyAsync(bad);
            Assert.Equal(("failed", row.Code), (reply.Status, reply.Code));
            Assert.Equal($"shop.account/{key}", reply["ce_source"]);
            Assert.Equal(letter["deadlettermessage"], reply.Json.GetProperty("message").GetString());
        }

        Assert.Equal(2, (await service.LedgerAsync($"shop.account/{key}")).Count);
        Assert.Equal((2, 3), (await wire.RequestAsync(good.Again())).Versions);
        Assert.Equal(row.IsTold ? 1 : 0, wire.Received(record => record["deadletterid"] is null && record["requestid"] == bad.RequestId).Count);
    }

    private static Row Body(string json) => new(request => request.Saying(json), "undecodable", "shop.deposit");

    private static Row Missing(string header) => new(request => request.Without(header), "undecodable", header);

    private static Row Header(string name, string value, string code, string hint, bool isTold = true) => new(request => request.Set(name, value), code, hint, isTold);

    internal static bool SameHeader((string Name, byte[]? Value) one, (string Name, byte[]? Value) other) =>
        one.Name == other.Name && (one.Value ?? []).AsSpan().SequenceEqual(other.Value ?? []);

    /// <param name="Spoil">Makes a good deposit bad.</param>
    /// <param name="Code">The expected code.</param>
    /// <param name="Hint">What the message mentions, so that the sender can find the fault.</param>
    /// <param name="IsTold">Whether the sender can be told.</param>
    private sealed record Row(Func<WireRequest, WireRequest> Spoil, string Code, string Hint, bool IsTold = true);
}
