using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.DeadLetters;
using Phoenix.EventStore;
using Phoenix.Tests.Gateway;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.DeadLetters;

/// <summary>
/// Letters are discarded many at once: as many as somebody said, audited, stoppable, and gone on with by whoever comes next.
/// </summary>
[Trait("Category", "Servers")]
public sealed class DiscardOfManyTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private const int Many = 1_203;
    private static readonly LetterFilter Failed = new() { Reason = "handler-failed" };

    private LetterRig _rig = null!;

    private IDeadLettersGrain Letters => _rig.Letters;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IServiceProvider Services => _rig.Service.Silo.Services;

    public async ValueTask InitializeAsync() => _rig = await LetterRig.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task letters_are_counted_and_discarded_and_not_replayed_any_more()
    {
        var kept = Guid.NewGuid().ToString("N");
        await _rig.FailAsync(kept);
        await ManyAsync();
        var some = Failed with { Key = "many" };
        Assert.Contains($"{Many} letters would be discarded", (await Assert.ThrowsAsync<InvalidOperationException>(
            () => Letters.DiscardMany(some, Many - 1, new("x")))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Letters.DiscardMany(some with { State = "all" }, Many, new("x")));
        await Assert.ThrowsAsync<ArgumentException>(() => Letters.DiscardMany(some with { Kind = "transaction" }, Many, new("x")));
        await Assert.ThrowsAsync<ArgumentException>(() => Letters.DiscardMany(some, Many, new(" ")));

        var ended = await EndAsync(await Letters.DiscardMany(some, Many, new("a test of ours", "ann")));
        Assert.Equal(("discarded", "discard", Many, Many, 0), (ended.State, ended.Verb, ended.Found, ended.Replayed, ended.Skipped));
        Assert.Equal((Many, 0), (await Letters.Count(some with { State = "discarded" }), await Letters.Count(some)));
        var letter = (await Letters.List(some with { State = "discarded" }, 1)).Letters.Single();
        Assert.Equal(("ann", "a test of ours"), (letter.SettledBy, letter.SettledWhy));
        Assert.Equal(kept, Assert.Single((await Letters.List(Failed)).Letters).Key);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.Replay(letter.Id, new("after all")));
        Assert.Equal(["discarded  1203", "discard-many ann 1203"],
            (await Letters.Audit()).Entries.Select(entry => $"{entry.Verb} {entry.Principal} {entry.Letters}"));
    }

    [Fact]
    public async Task a_discard_is_stopped_and_one_that_is_left_in_the_middle_is_gone_on_with()
    {
        await ManyAsync();
        await HoldAsync();
        var stopped = await Letters.DiscardMany(Failed, Many, new("away", "ann"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Letters.ReplayMany(Failed, Many, new("me too")));
        var run = (await Services.GetRequiredService<LetterReplays>().UnderWayAsync())!;
        Assert.True(await Letters.Stop(stopped, new("wrong filter", "bob")));
        // A silo that had begun a page finds that it is over.
        Assert.Equal((0, 0), await PageAsync(run));
        Assert.Equal(Many, await Letters.Count(Failed));

        var id = await Letters.DiscardMany(Failed, Many, new("really", "ann"));
        run = (await Services.GetRequiredService<LetterReplays>().UnderWayAsync())!;
        // Two silos that take it for theirs at the same moment count no letter twice.
        var done = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PageAsync(run)))).Sum(page => page.Discarded);
        Assert.InRange(done, 50, 200);
        Assert.Equal(done, (await Letters.Replays(id)).Single().Replayed);
        await Sql.ExecuteAsync(_rig.Service.Database, "update phoenix.phoenix_leases set expires = now() where owner = 'somebody'");
        Assert.Equal(("discarded", Many), await EndAsync(id) is var ended ? (ended.State, ended.Replayed) : default);
        Assert.Equal(Many, await Letters.Count(Failed with { State = "discarded" }));
    }

    [Fact]
    public async Task over_http_it_needs_an_operator_a_number_and_a_reason()
    {
        await ManyAsync();
        var http = _rig.Gateway.Http;
        const string Some = "/v1/letters/discards?reason=handler-failed&key=many";
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsJsonAsync(Some, new { reason = "away" }, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsJsonAsync($"{Some}&at-most=2000", new { }, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await http.PostAsJsonAsync($"{Some}&at-most=1", new { reason = "away" }, Token)).StatusCode);
        using (var request = new HttpRequestMessage(HttpMethod.Post, $"{Some}&at-most=2000"))
        {
            request.Headers.Authorization = new("Bearer", RunningGateway.Token);
            Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(request, Token)).StatusCode);
        }

        var begun = await http.PostAsJsonAsync($"{Some}&at-most=2000", new { reason = "away" }, Token);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var id = (await begun.JsonAsync()).GetProperty("id").GetGuid();
        await EndAsync(id);
        Assert.Equal(Many, (await (await http.GetAsync($"/v1/letters/discards/{id}", Token)).JsonAsync()).GetProperty("replayed").GetInt64());
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"/v1/letters/replays/{id}", Token)).StatusCode);
        Assert.Single((await (await http.GetAsync("/v1/letters/discards", Token)).JsonAsync()).GetProperty("discards").EnumerateArray());
        Assert.Empty((await (await http.GetAsync("/v1/letters/replays", Token)).JsonAsync()).GetProperty("replays").EnumerateArray());
    }

    [Fact]
    public async Task the_audit_is_kept_for_its_time_and_says_how_much_is_gone()
    {
        await Sql.ExecuteAsync(_rig.Service.Database, """
            insert into phoenix.phoenix_letter_audit (at, verb, subject, letters)
            select now() - n * interval '1 day', 'replay', 'l-' || n, 1 from generate_series(1, 2500) n
            """);
        var audit = Services.GetRequiredService<LetterAudit>();
        Assert.Equal(1_769, await audit.ExpireAsync(TimeSpan.FromDays(731.5)));
        Assert.Equal(0, await audit.ExpireAsync(TimeSpan.FromDays(731.5)));
        var newest = (await Letters.Audit(2)).Entries;
        Assert.Equal(["expire audit 1769", "replay l-1 1"], newest.Select(entry => $"{entry.Verb} {entry.Subject} {entry.Letters}"));
        Assert.Equal(732L, await Sql.CountAsync(_rig.Service.Database, "phoenix.phoenix_letter_audit"));
    }

    private Task<(long Found, long Discarded)> PageAsync(LetterReplay run) =>
        Services.GetRequiredService<LetterDiscards>().RecordsAsync(run, LetterFilters.ReadMany(Failed), 50);

    // As many letters as that, of one that died.
    private async Task ManyAsync()
    {
        await _rig.FailAsync("many");
        await Sql.ExecuteAsync(_rig.Service.Database, $"""
            insert into phoenix.phoenix_letters (topic, life, partition, position, kind, name, letter_id, origin_topic, origin_partition,
                origin_position, reason, message, key_text, headers, whole, dead_since)
            select topic, life, partition, 100000 + n, kind, name, letter_id || n, origin_topic, origin_partition, 100000 + n, reason, message,
                key_text, headers, whole, dead_since
            from phoenix.phoenix_letters cross join generate_series(1, {Many - 1}) n where key_text = 'many'
            """);
    }

    // Another silo has the right to replay and discard, and does nothing.
    private Task HoldAsync() => Sql.ExecuteAsync(_rig.Service.Database, """
        insert into phoenix.phoenix_leases (name, owner, epoch, expires) values ('dead-letter-replays', 'somebody', 1, now() + interval '1 h')
        on conflict (name) do update set owner = 'somebody', expires = excluded.expires
        """);

    private async Task<ReplayStatus> EndAsync(Guid id)
    {
        ReplayStatus? status = null;
        await Eventually.TrueAsync("it has ended", async () => (status = (await Letters.Replays(id)).Single()).State != "discarding");
        return status!;
    }
}
