using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>A silo goes without having committed a single position, and another takes its place: all that ever came comes again.</summary>
[Trait("Category", "Servers")]
public sealed class SiloRestartTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private RunningService _service = null!;

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task what_comes_again_after_a_restart_has_no_second_effect()
    {
        var wire = _service.Wire;
        var key = await _service.NewAccountAsync();
        var deposits = Enumerable.Range(1, 30).Select(number => _service.Account(key, "deposit", $$"""{"amount":{{number}}}""")).ToList();
        var withoutId = _service.Account(key, "deposit", """{"amount":1000}""").Without("ce_id");
        var rejected = _service.Account(key, "withdraw", """{"amount":1000000}""");
        var bad = _service.Account(key, "deposit", """{"amount":"much"}""");
        WireRequest[] all = [.. deposits, withoutId, rejected, bad];
        var places = await Task.WhenAll(all.Select(wire.SendAsync));
        var before = await Task.WhenAll(all.Select(wire.ReplyAsync));
        var ledger = await _service.LedgerAsync($"shop.account/{key}");

        await _service.StopSiloAsync();
        wire.ForgetPositions("shop.account");
        await _service.StartSiloAsync();

        var again = await Task.WhenAll(all.Select(async request => (await wire.RepliesAsync(request, 2))[1]));
        foreach (var (first, second) in before.Zip(again).SkipLast(1))
        {
            Assert.Equal((first.Status, first.Versions, first["commandid"], first["ce_id"], true), (second.Status, second.Versions, second["commandid"], second["ce_id"], second.Repeated));
        }

        Assert.Equal(("failed", "undecodable", before[^1]["ce_id"]), (again[^1].Status, again[^1].Code, again[^1]["ce_id"]));
        Assert.Equal(ledger, await _service.LedgerAsync($"shop.account/{key}"));
        var view = await wire.RequestAsync(_service.Account(key, "get-account", "{}"));
        Assert.Equal(1000 + (30 * 31 / 2), view.Json.GetProperty("answer").GetProperty("balance").GetInt32());
        Assert.True((await wire.RequestAsync(deposits[0].Again())).Repeated);

        await wire.DeadLettersAsync(places[^1], 2);
        var letters = wire.Received(record => record["deadlettertopic"] == wire.CommandTopic("shop.account"));
        Assert.Equal(2, letters.Count);
        Assert.Single(letters.Select(letter => letter["deadletterid"]).Distinct());
        Assert.Equal(letters[0].Body, letters[1].Body);
        Assert.Equal(letters[0].Headers.SkipLast(1), letters[1].Headers.SkipLast(1), BadMessageTests.SameHeader);
    }

    [Fact]
    public async Task a_broken_aggregate_is_told_and_decides_again_once_mended()
    {
        var wire = _service.Wire;
        var key = await _service.NewAccountAsync();
        var neighbour = await _service.NewAccountAsync();
        await wire.RequestAsync(_service.Account(key, "deposit", """{"amount":5}"""));
        await _service.StopSiloAsync();
        await ChangeEventAsync(key, """{"amount":"nothing"}""");
        await _service.StartSiloAsync();

        var command = _service.Account(key, "deposit", """{"amount":7}""");
        var place = await wire.SendAsync(command);
        var other = await wire.RequestAsync(_service.Account(neighbour, "deposit", """{"amount":7}"""));
        var letter = await wire.DeadLetterAsync(place);
        var reply = await wire.ReplyAsync(command);

        Assert.Equal((1, 2), other.Versions);
        Assert.Equal(("failed", "broken-aggregate", "broken-aggregate"), (reply.Status, reply.Code, letter["deadletterreason"]));
        var message = reply.Json.GetProperty("message").GetString();
        Assert.Contains("2", message, StringComparison.Ordinal);
        Assert.Contains("shop.money-deposited", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Host=", message, StringComparison.OrdinalIgnoreCase);

        await ChangeEventAsync(key, """{"amount":5}""");
        var mended = await wire.RequestAsync(command.Again());
        Assert.Equal(("accepted", (2L, 3L), 12m), (mended.Status, mended.Versions, mended.Json.GetProperty("reply").GetDecimal()));
    }

    private Task ChangeEventAsync(string key, string json) =>
        Sql.ExecuteAsync(_service.Database, $"update phoenix.mt_events set data = '{json}' where stream_id = 'shop.account/{key}' and version = 2");
}
