using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// User code that fails: its command is told and put aside, its neighbours in the same batch are decided, and after the mending it is
/// decided too.
/// </summary>
[Collection(SharedService.Name)]
[Trait("Category", "Servers")]
public sealed class FailingHandlerTests(SharedService shared)
{
    [Theory]
    [InlineData("throw", "{}", "handler-failed", "threw", "Out of order.")]
    [InlineData("never-return", "{}", "handler-timeout", "0.3 s", "Exception")]
    [InlineData("picky", """{"size":-1}""", "undecodable", "test.picky", "No negative size.")]
    [InlineData("note", """{"text":"a\u0000b"}""", "handler-failed", "U+0000", "Exception")]
    [InlineData("fail", "{}", "handler-failed", "test.fail", "No answer.")]
    public async Task only_the_failing_one_of_a_batch_fails(string command, string json, string code, string hint, string secret)
    {
        var service = await shared.ServiceAsync();
        var wire = service.Wire;
        var key = Guid.NewGuid().ToString("N");
        var bad = service.Fragile(key, command, json);
        WireRequest[] batch = [Note("1"), Note("2"), bad, Note("3"), Note("4")];
        var places = await Task.WhenAll(batch.Select(wire.SendAsync));

        var letter = await wire.DeadLetterAsync(places[2]);
        var reply = await wire.ReplyAsync(bad);
        Assert.Equal(("failed", code, code), (reply.Status, reply.Code, letter["deadletterreason"]));
        Assert.Contains(hint, letter["deadlettermessage"], StringComparison.Ordinal);
        foreach (var told in new[] { letter["deadlettermessage"]!, reply.Json.GetRawText() })
        {
            Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", told, StringComparison.Ordinal);
            Assert.DoesNotContain("Phoenix.Tests", told, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", letter["deadlettermessage"], StringComparison.Ordinal);
        foreach (var (note, version) in new[] { (0, 1), (1, 2), (3, 3), (4, 4) })
            Assert.Equal((version - 1, version), (await wire.ReplyAsync(batch[note])).Versions);
        Assert.Equal("4", (await wire.RequestAsync(service.Fragile(key, "last", "{}"))).Json.GetProperty("answer").GetString());
        Assert.Equal(4, (await service.LedgerAsync($"test.fragile/{key}")).Count);

        WireRequest Note(string text) => service.Fragile(key, "note", $$"""{"text":"{{text}}"}""");
    }

    [Fact]
    public async Task a_rejection_may_quote_what_the_database_cannot_hold()
    {
        var service = await shared.ServiceAsync();
        var key = Guid.NewGuid().ToString("N");
        var refuse = service.Fragile(key, "refuse", """{"why":"a\u0000b"}""");
        var reply = await service.Wire.RequestAsync(refuse);

        Assert.Equal(("rejected", "refused"), (reply.Status, reply.Code));
        Assert.Equal("""{"why":"a\u0000b"}""", (await service.LedgerAsync($"test.fragile/{key}"))[0].Payload);
        Assert.True((await service.Wire.RequestAsync(refuse.Again())).Repeated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_dead_letter_that_is_put_back_after_the_mending_is_decided_once(bool hasId)
    {
        var service = await shared.ServiceAsync();
        var wire = service.Wire;
        var key = Guid.NewGuid().ToString("N");
        var bad = service.Fragile(key, "throw", "{}");
        var letter = await wire.DeadLetterAsync(await wire.SendAsync(hasId ? bad : bad.Without("ce_id")));
        Fragile.Mended[key] = true;
        var back = new WireRequest("test.fragile", letter.Key, letter.Body, letter.Headers.RemoveAll(header => header.Name.StartsWith("deadletter", StringComparison.Ordinal))).Again();
        if (!hasId) back = back.Add("ce_id", letter["deadletterid"]!);
        var decided = await wire.RequestAsync(back);
        var repeat = await wire.RequestAsync(back.Again());

        Assert.Equal(("accepted", (0L, 1L), false), (decided.Status, decided.Versions, decided.Repeated));
        Assert.Equal(("accepted", (0L, 1L), true), (repeat.Status, repeat.Versions, repeat.Repeated));
        Assert.Equal(hasId ? bad.Id : letter["deadletterid"], decided["commandid"]);
    }
}
