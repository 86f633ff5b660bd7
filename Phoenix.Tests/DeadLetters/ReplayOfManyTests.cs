using Phoenix.Kafka;
using Phoenix.Tests.Docs;
using Phoenix.Tests.EndToEnd;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.DeadLetters;

/// <summary>Letters are replayed many at once: as many as somebody said, each with one effect, and none that was born by it.</summary>
[Trait("Category", "Servers")]
public sealed class ReplayOfManyTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private const int Many = 1_200;
    private static readonly LetterFilter Failed = new() { Reason = "handler-failed" };

    private LetterRig _rig = null!;

    private IDeadLettersGrain Letters => _rig.Letters;

    public async ValueTask InitializeAsync() => _rig = await LetterRig.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task letters_are_counted_replayed_and_have_one_effect_each()
    {
        var keys = Enumerable.Range(0, 100).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        var failing = await _rig.FailAsync(Enumerable.Range(0, Many).Select(number => keys[number % keys.Count]));
        Assert.Equal(Many, await Letters.Count(Failed));
        Assert.Equal(Many / 100, await Letters.Count(Failed with { Key = keys[1] }));
        Assert.Contains("at most", (await Assert.ThrowsAsync<InvalidOperationException>(
            () => Letters.ReplayMany(Failed, Many - 1, new("x")))).Message, StringComparison.Ordinal);

        // Nothing is mended yet: each dies again, as a letter of its own, and is not replayed for ever.
        var vain = await _rig.EndAsync(await Letters.ReplayMany(Failed, Many, new("in vain")));
        Assert.Equal(("replayed", Many, Many, 0), (vain.State, vain.Found, vain.Replayed, vain.Skipped));
        await Eventually.TrueAsync("each has died again", async () => await Letters.Count(Failed) == Many
            && await Letters.Count(Failed with { State = "all" }) == 2 * Many);

        foreach (var key in keys) Fragile.Mended[key] = true;
        var all = await _rig.EndAsync(await DeadLettersGuide.ReplayAsync(_rig.Service.Silo.Grains));
        Assert.Equal(("replayed", Many), (all.State, all.Replayed));
        await Task.WhenAll(failing.Select(request => _rig.Service.Wire.RepliesAsync(request, 3)));
        Assert.Equal(Many, (await Task.WhenAll(keys.Select(key => _rig.Service.LedgerAsync($"test.fragile/{key}"))))
            .Sum(rows => rows.Count));
        Assert.Equal((0, 2 * Many), (await Letters.Count(Failed), await Letters.Count(Failed with { State = "replayed" })));
    }

    [Fact]
    public async Task a_replay_is_stopped_and_another_is_refused_while_it_is_under_way()
    {
        var keys = Enumerable.Range(0, 10).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        await _rig.FailAsync(keys);
        // Another silo has the right to replay and does nothing.
        await Sql.ExecuteAsync(_rig.Service.Database, """
            insert into phoenix.phoenix_leases (name, owner, epoch, expires) values ('dead-letter-replays', 'somebody', 1, now() + interval '1 h')
            on conflict (name) do update set owner = 'somebody', expires = excluded.expires
            """);
        var id = await Letters.ReplayMany(Failed, 10, new("mended", "ann"));
        Assert.Equal("replaying", Assert.Single(await Letters.Replays(id)).State);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.ReplayMany(Failed, 10, new("me too")));
        Assert.True(await Letters.Stop(id, new("enough", "bob")));
        Assert.False(await Letters.Stop(id, new("enough")));
        var stopped = Assert.Single(await Letters.Replays(id));
        Assert.Equal(("stopped", "ann", "mended", 10, 0), (stopped.State, stopped.Principal, stopped.Reason, stopped.Found,
            stopped.Replayed));
        Assert.Equal(["stopped bob enough", "replay-many ann mended"], (await Letters.Audit())
            .Entries.Select(entry => $"{entry.Verb} {entry.Principal} {entry.Reason}"));

        await Sql.ExecuteAsync(_rig.Service.Database, "update phoenix.phoenix_leases set expires = now() where owner = 'somebody'");
        Assert.Equal(("replayed", 10), await _rig.EndAsync(await Letters.ReplayMany(Failed, 10, new("now"))) is var ended
            ? (ended.State, ended.Replayed) : default);
    }

    [Fact]
    public async Task what_cannot_be_sent_is_skipped_and_named_and_stays_open()
    {
        var key = Guid.NewGuid().ToString("N");
        await _rig.FailAsync(key, key);
        await Sql.ExecuteAsync(_rig.Service.Database, $"""
            update phoenix.phoenix_letters set origin_topic = 'somebody.elses' where (topic, life, partition, position) =
                (select topic, life, partition, position from phoenix.phoenix_letters where key_text = '{key}' order by position limit 1)
            """);
        var ended = await _rig.EndAsync(await Letters.ReplayMany(new() { Key = key }, 2, new("mended")));
        Assert.Equal((1, 1), (ended.Replayed, ended.Skipped));
        Assert.Contains("No silo reads a topic 'somebody.elses'", ended.Trouble, StringComparison.Ordinal);
        Assert.Equal("somebody.elses", Assert.Single((await Letters.List(new() { Key = key, Topic = "somebody.elses" })).Letters)
            .Origin!.Topic);
    }

    /// <summary>Offsets begin again when a topic was made anew: a letter is that of its own life, and replayed as it was.</summary>
    [RealBrokerFact]
    public async Task letters_of_a_topic_that_was_made_anew_stand_beside_those_from_before()
    {
        var (old, young) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        var first = await _rig.FailAsync(old, old, old);
        var topic = $"{_rig.Service.Prefix}.test.fragile.dead-letter";
        using (var admin = new KafkaTopics(await kafka.BootstrapAsync()))
        {
            await admin.DeleteAsync(topic);
            await Eventually.TrueAsync("the topic is gone", async () => await admin.DescribeAsync(topic) is null);
            await admin.EnsureAsync(topic, 3);
        }

        Fragile.Mended[old] = true;
        var requests = Enumerable.Range(0, 3).Select(_ => _rig.Service.Fragile(young, "throw", "{}")).ToList();
        foreach (var request in requests) await _rig.Service.Wire.SendAsync(request);
        await Eventually.TrueAsync("the new ones are listed", async () => await Letters.Count(new() { Key = young }) == 3);
        Assert.Equal(3, await Letters.Count(new() { Key = old }));
        Assert.Equal(2L, await Sql.ScalarAsync(_rig.Service.Database, "select count(distinct life) from phoenix.phoenix_letters"));

        var ended = await _rig.EndAsync(await Letters.ReplayMany(new() { Key = old }, 3, new("mended")));
        Assert.Equal((3, 0), (ended.Replayed, ended.Skipped));
        await Task.WhenAll(first.Select(request => _rig.Service.Wire.RepliesAsync(request, 2)));
        Assert.Equal(3, (await _rig.Service.LedgerAsync($"test.fragile/{old}")).Count);
        Assert.Equal(3, await Letters.Count(new() { Key = young }));
    }
}
