using System.Net;
using System.Text;
using System.Text.Json;
using Phoenix.Tests.EndToEnd;
using Phoenix.Tests.Gateway;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.DeadLetters;

/// <summary>Guarantee 7, the operator's half: letters of commands are listed, replayed and discarded, and who did so is known.</summary>
[Trait("Category", "Servers")]
public sealed class LettersTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private LetterRig _rig = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IDeadLettersGrain Letters => _rig.Letters;

    public async ValueTask InitializeAsync() => _rig = await LetterRig.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task a_letter_is_found_by_what_it_is_and_has_its_bytes()
    {
        var key = NewKey();
        var request = (await _rig.FailAsync(key))[0];
        var entry = Assert.Single((await Letters.List(new() { Key = key })).Letters);
        Assert.Equal(("command", "test.fragile", key, "handler-failed", "open", 2),
            (entry.Kind, entry.Name, entry.Key, entry.Reason, entry.State, entry.Bytes));
        Assert.Equal((_rig.Service.Wire.CommandTopic("test.fragile"), $"{_rig.Service.Prefix}.test.fragile.dead-letter"),
            (entry.Origin!.Topic, entry.Letter!.Topic));

        var shown = await ReadAsync($"/v1/letters/{entry.Id}");
        Assert.Equal("{}", shown.GetProperty("body").GetProperty("text").GetString());
        Assert.Equal(Convert.ToBase64String(Encoding.UTF8.GetBytes(key)), shown.GetProperty("key").GetProperty("base64").GetString());
        Assert.Equal(request.Id, shown.GetProperty("headers").EnumerateArray()
            .Single(header => header.GetProperty("name").GetString() == "ce_id")
            .GetProperty("value").GetProperty("text").GetString());
        Assert.True(shown.GetProperty("whole").GetBoolean());

        var hour = TimeSpan.FromHours(1);
        LetterFilter all = new() { Key = key };
        (LetterFilter, int)[] filters =
        [
            (all with { Kind = "command" }, 1), (all with { Kind = "timer" }, 0), (all with { Name = "test.fragile" }, 1),
                (all with { Name = "shop.account" }, 0),
            (all with { Topic = entry.Origin.Topic }, 1), (all with { Topic = entry.Letter.Topic }, 0),
                (all with { Reason = "handler-failed" }, 1),
            (all with { Reason = "undecodable" }, 0), (all with { Since = entry.Since }, 1), (all with { Until = entry.Since }, 0),
            (all with { Since = entry.Since - hour, Until = entry.Since + hour }, 1), (all with { State = "discarded" }, 0),
                (all with { State = "all" }, 1),
        ];
        foreach (var (filter, expected) in filters)
        {
            Assert.Equal((filter, (long)expected), (filter, await Letters.Count(filter)));
            Assert.Equal((filter, expected), (filter, (await Letters.List(filter)).Letters.Count));
        }
    }

    [Fact]
    public async Task letters_come_newest_first_and_page_by_page()
    {
        var key = NewKey();
        await _rig.FailAsync(Enumerable.Repeat(key, 7));
        var (seen, after) = (new List<LetterEntry>(), (string?)null);
        do
        {
            var page = await ReadAsync($"/v1/letters?key={key}&limit=3{(after is null ? "" : $"&after={after}")}");
            seen.AddRange(page.GetProperty("letters").Deserialize<LetterEntry[]>(JsonSerializerOptions.Web)!);
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);

        Assert.Equal(7, seen.DistinctBy(letter => letter.Id).Count());
        Assert.Equal(7, seen.Count);
        Assert.Equal(seen.OrderByDescending(letter => letter.Since).Select(letter => letter.Since), seen.Select(letter => letter.Since));
    }

    [Fact]
    public async Task one_is_replayed_after_the_mending_and_has_one_effect_however_often()
    {
        var key = NewKey();
        var request = (await _rig.FailAsync(key))[0];
        var id = (await Letters.List(new() { Key = key })).Letters.Single().Id;
        Fragile.Mended[key] = true;
        for (var time = 0; time < 2; time++)
        {
            var posted = await PostedAsync($"/v1/letters/{id}/replay", """{"reason":"mended"}""", HttpStatusCode.OK);
            Assert.Equal("replayed", posted.GetProperty("status").GetString());
            var reply = (await _rig.Service.Wire.RepliesAsync(request, time + 2))[^1];
            Assert.Equal(("accepted", (0L, 1L), time > 0), (reply.Status, reply.Versions, reply.Repeated));
        }

        Assert.Equal(0, await Letters.Count(new() { Key = key }));
        var settled = Assert.Single((await Letters.List(new() { Key = key, State = "replayed" })).Letters);
        Assert.Equal((id, "mended", "operator"), (settled.Id, settled.SettledWhy, settled.SettledBy));
        Assert.NotNull(settled.SettledAt);
        Assert.Equal("not-possible", await RefusedAsync($"/v1/letters/{id}/discard", """{"reason":"too late"}""", HttpStatusCode.Conflict));
        Assert.Equal(["replay", "replay"], await AuditAsync(id));
    }

    [Fact]
    public async Task one_that_was_discarded_is_not_replayed_alone_or_with_many()
    {
        var key = NewKey();
        await _rig.FailAsync(key, key);
        var letters = (await Letters.List(new() { Key = key })).Letters;
        await PostedAsync($"/v1/letters/{letters[0].Id}/discard", """{"reason":"nobody needs it"}""", HttpStatusCode.OK);
        Fragile.Mended[key] = true;

        foreach (var verb in (string[])["replay", "discard"])
        {
            var code = await RefusedAsync($"/v1/letters/{letters[0].Id}/{verb}", """{"reason":"or do they?"}""", HttpStatusCode.Conflict);
            Assert.Equal("not-possible", code);
        }

        var status = await _rig.EndAsync(await Letters.ReplayMany(new() { Key = key }, 1, new("the other one")));
        Assert.Equal(("replayed", 1, 1, 0), (status.State, status.Found, status.Replayed, status.Skipped));
        await Eventually.TrueAsync("it has its effect", async () => (await _rig.Service.LedgerAsync($"test.fragile/{key}")).Count == 1);
        Assert.Equal(letters[0].Id, Assert.Single((await Letters.List(new() { Key = key, State = "discarded" })).Letters).Id);
        Assert.Equal(["discard"], await AuditAsync(letters[0].Id));
    }

    [Fact]
    public async Task a_letter_that_is_too_large_for_the_database_is_replayed_from_its_topic()
    {
        var key = NewKey();
        // Members that nobody knows are ignored.
        var request = _rig.Service.Fragile(key, "throw", $$"""{"x":"{{new string('x', 100_000)}}"}""");
        await _rig.Service.Wire.DeadLetterAsync(await _rig.Service.Wire.SendAsync(request));
        await Eventually.TrueAsync("it is listed", async () => await Letters.Count(new() { Key = key }) == 1);
        var entry = (await Letters.List(new() { Key = key })).Letters.Single();
        var content = await Letters.Find(entry.Id);
        Assert.Equal((false, 4096), (content!.Whole, content.Body!.Length));
        Assert.True(entry.Bytes > 100_000);

        Fragile.Mended[key] = true;
        await Letters.Replay(entry.Id, new("mended"));
        Assert.Equal("accepted", (await _rig.Service.Wire.RepliesAsync(request, 2))[1].Status);
    }

    [Fact]
    public async Task letters_are_kept_when_the_silo_is_gone_and_read_on_where_it_was()
    {
        var (before, after) = (NewKey(), NewKey());
        await _rig.FailAsync(before);
        Assert.Equal(1, await Letters.Count(new() { Key = before }));
        await _rig.Service.StopSiloAsync();
        // As if the last position had not been stored: what is read twice is there once.
        await Sql.ExecuteAsync(_rig.Service.Database, "update phoenix.phoenix_letter_positions set next = 0");
        await _rig.Service.StartSiloAsync();
        await _rig.FailAsync(after);
        Assert.Equal((1, 1), (await Letters.Count(new() { Key = before }), await Letters.Count(new() { Key = after })));
    }

    [Fact]
    public async Task letters_go_when_their_time_is_over_and_that_is_written_down()
    {
        var (open, settled) = (NewKey(), NewKey());
        await _rig.FailAsync(open, settled);
        await Letters.Discard((await Letters.List(new() { Key = settled })).Letters.Single().Id, new("not needed"));
        await _rig.Service.StopSiloAsync();
        await Sql.ExecuteAsync(_rig.Service.Database, """
            update phoenix.phoenix_letters set stored_at = now() - interval '91 days', settled_at = settled_at - interval '31 days'
            """);
        await _rig.Service.StartSiloAsync();
        await Eventually.TrueAsync("they are gone", async () => await Sql.CountAsync(
            _rig.Service.Database, "phoenix.phoenix_letters") == 0);
        var audit = (await Letters.Audit()).Entries;
        Assert.Equal(["open letters 1", "settled letters 1"], audit.Where(one => one.Verb == "expire")
            .Select(one => $"{one.Subject} {one.Letters}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task what_means_nothing_is_a_typed_problem()
    {
        (string Method, string Path, HttpStatusCode Status)[] bad =
        [
            ("GET", "/v1/letters?limit=0", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?limit=1001", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?knid=timer", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?kind=Timer", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?kind=", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?kind=timer&kind=send", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?state=gone", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?since=yesterday", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?after=nonsense", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters?key=%00", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters/count?limit=1", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters/audit?after=x", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters/nonsense", HttpStatusCode.BadRequest),
            ("GET", "/v1/letters/replays/0193b0a0-0000-7000-8000-000000000000", HttpStatusCode.NotFound),
            ("POST", "/v1/letters/nonsense/replay", HttpStatusCode.BadRequest),
            ("POST", "/v1/letters/nonsense/discard", HttpStatusCode.BadRequest),
            ("POST", "/v1/letters/replays", HttpStatusCode.BadRequest),
            ("POST", "/v1/letters/replays?at-most=-1", HttpStatusCode.BadRequest),
            ("POST", "/v1/letters/replays?at-most=1&kind=transaction", HttpStatusCode.BadRequest),
            ("POST", "/v1/letters/replays?at-most=1&state=discarded", HttpStatusCode.BadRequest),
        ];
        foreach (var (method, path, status) in bad)
        {
            var response = method == "GET"
                ? await _rig.Gateway.Http.GetAsync(path, Cancellation) : await _rig.Gateway.PostAsync(path, """{"reason":"why not"}""");
            Assert.Equal((path, status, status == HttpStatusCode.NotFound ? "not-found" : "undecodable"),
                (path, response.StatusCode, await response.ProblemCodeAsync()));
        }
    }

    [Fact]
    public async Task callers_may_look_and_only_operators_may_change_and_say_why()
    {
        var key = NewKey();
        await _rig.FailAsync(key);
        var id = (await Letters.List(new() { Key = key })).Letters.Single().Id;
        string[] verbs = [$"/v1/letters/{id}/replay", $"/v1/letters/{id}/discard", "/v1/letters/replays?at-most=1",
            $"/v1/letters/replays/{Guid.NewGuid()}/stop"];
        foreach (var verb in verbs) Assert.Equal("undecodable", await RefusedAsync(verb, """{"reason":" "}""", HttpStatusCode.BadRequest));

        _rig.Gateway.Http.DefaultRequestHeaders.Authorization = new("Bearer", RunningGateway.Token);
        foreach (var verb in verbs) Assert.Equal("forbidden", await RefusedAsync(verb, """{"reason":"let me"}""", HttpStatusCode.Forbidden));
        foreach (var path in (string[])["", "/count", "/audit", "/replays", $"/{id}"]) await ReadAsync($"/v1/letters{path}");
        Assert.Equal("open", (await Letters.Find(id))!.Entry.State);
    }

    private static string NewKey() => Guid.NewGuid().ToString("N");

    private async Task<IReadOnlyList<string>> AuditAsync(string subject) =>
        [.. (await Letters.Audit(1000)).Entries.Where(entry => entry.Subject == subject && entry.Reason is not null)
            .Select(entry => entry.Verb)];

    private async Task<JsonElement> ReadAsync(string path)
    {
        var response = await _rig.Gateway.Http.GetAsync(path, Cancellation);
        Assert.Equal((path, HttpStatusCode.OK), (path, response.StatusCode));
        return await response.JsonAsync();
    }

    private async Task<JsonElement> PostedAsync(string path, string body, HttpStatusCode status)
    {
        var response = await _rig.Gateway.PostAsync(path, body);
        Assert.Equal((path, status), (path, response.StatusCode));
        return await response.JsonAsync();
    }

    private async Task<string?> RefusedAsync(string path, string body, HttpStatusCode status)
    {
        var response = await _rig.Gateway.PostAsync(path, body);
        Assert.Equal((path, status), (path, response.StatusCode));
        return await response.ProblemCodeAsync();
    }
}
