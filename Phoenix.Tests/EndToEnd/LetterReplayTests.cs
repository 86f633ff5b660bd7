using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>Dead letters are replayed many at once: as many as somebody said, each with one effect, and none that was born by it.</summary>
[Trait("Category", "Servers")]
public sealed class LetterReplayTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private const int Letters = 1_200;
    private static readonly LetterFilter Failed = new() { Reason = "handler-failed" };

    private RunningService _service = null!;

    private IDeadLetterGrain Operator => _service.Silo.Grains.GetGrain<IDeadLetterGrain>("test.fragile");

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task letters_are_counted_replayed_and_have_one_effect_each()
    {
        // Of many aggregates, and some that no mending helps.
        var keys = Enumerable.Range(0, 100).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        var failing = Enumerable.Range(0, Letters).Select(number => _service.Fragile(keys[number % keys.Count], "throw", "{}")).ToList();
        var garbled = _service.Fragile(keys[1], "throw", "{ not JSON");
        foreach (var place in await Task.WhenAll(failing.Append(garbled).Select(_service.Wire.SendAsync))) await _service.Wire.DeadLetterAsync(place);
        Assert.Equal(Letters, await Operator.Count(Failed));
        Assert.Equal(Letters / 100, await Operator.Count(Failed with { Key = keys[1] }));
        Assert.Equal(0, await Operator.Count(Failed with { Until = DateTimeOffset.UtcNow.AddHours(-1) }));
        Assert.Equal(Letters + 1, await Operator.Count(new() { Since = DateTimeOffset.UtcNow.AddHours(-1) }));

        await Operator.Replay(Failed, Letters - 1);
        var refused = await EndAsync();
        Assert.Equal(("refused", Letters, 0), (refused.State, refused.Found, refused.Replayed));

        // Nothing is mended yet: each dies again, and is not replayed for ever.
        await Operator.Replay(Failed, Letters);
        var vain = await EndAsync();
        Assert.Equal(("replayed", Letters, 0), (vain.State, vain.Replayed, vain.Skipped));
        await Eventually.TrueAsync("each has died again", async () => await Operator.Count(Failed) == 2 * Letters);

        foreach (var key in keys) Fragile.Mended[key] = true;
        await Operator.Replay(Failed, long.MaxValue);
        Assert.Equal(("replayed", 2 * Letters), (await EndAsync()) is var all ? (all.State, all.Replayed) : default);
        await Task.WhenAll(failing.Select(request => _service.Wire.RepliesAsync(request, 4)));

        Assert.Equal(Letters, (await Task.WhenAll(keys.Select(key => _service.LedgerAsync($"test.fragile/{key}")))).Sum(rows => rows.Count));
        Assert.Equal(2 * Letters, await Operator.Count(Failed));
    }

    [Fact]
    public async Task a_kind_that_gets_no_commands_is_refused()
    {
        var nobody = _service.Silo.Grains.GetGrain<IDeadLetterGrain>("no.such");
        Assert.Contains("No silo reads a topic of an aggregate or a subscription 'no.such'", (await Assert.ThrowsAsync<InvalidOperationException>(() => nobody.Count(new()))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => nobody.Replay(new(), 1));
        Assert.False(await nobody.Stop());
        Assert.Equal("idle", (await nobody.Status()).State);
    }

    private async Task<ReplayStatus> EndAsync()
    {
        ReplayStatus? status = null;
        await Eventually.TrueAsync("the replay has ended", async () => (status = await Operator.Status()).State is not ("counting" or "replaying"));
        return status!;
    }
}
