using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Client.ReadModels;
using Phoenix.Tests.Docs;
using Phoenix.Tests.Gateway;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>HTTP, Kafka, silo, PostgreSQL and back; reads by the cluster and by SQL.</summary>
[Trait("Category", "Servers")]
public sealed class GatewayTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private const string OperatorToken = "an-operator-of-this-test-run";

    private TestSilo _silo = null!;
    private RunningGateway _gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var prefix = $"t{Guid.NewGuid():N}"[..12];
        var bootstrap = await kafka.BootstrapAsync();
        var database = await postgres.NewDatabaseAsync();
        _silo = await TestSilo.StartAsync(
            database, options => (options.Kafka, options.TopicPrefix) = (bootstrap, prefix),
            settings: ("Phoenix:Publications:Forward:0", "shop.account"));
        var cluster = _silo.Services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        _gateway = await RunningGateway.StartAsync(
            ("Phoenix:Kafka", bootstrap),
            ("Phoenix:TopicPrefix", prefix),
            ("Phoenix:ConnectionString", database),
            ("Phoenix:Gateway:Token", RunningGateway.Token),
            ("Phoenix:Gateway:OperatorToken", OperatorToken),
            ("Phoenix:Client:RequestTimeout", "00:00:30"),
            ("Phoenix:Cluster:ClusterId", cluster.ClusterId),
            ("Phoenix:Cluster:ServiceId", cluster.ServiceId),
            ("Phoenix:Cluster:Gateways:0", _silo.Services.GetRequiredService<ILocalSiloDetails>().GatewayAddress!.Endpoint.ToString()),
            ("Phoenix:ReadModels:0:Name", "account-balances"),
            ("Phoenix:ReadModels:0:Relation", "account_balances"),
            ("Phoenix:ReadModels:0:Key", "account_id"),
            ("Phoenix:ReadModels:0:Filterable:0", "balance"),
            ("Phoenix:ReadModels:0:Sortable:0", "balance"),
            ("Phoenix:ReadModels:0:Projection", "account_balances"));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task a_transfer_is_started_and_followed_over_http_and_acted_on_by_operators_only()
    {
        const string Transfer = "/v1/transactions/shop.transfer/t-1";
        foreach (var account in (string[])["ann", "bob"])
            await PostedAsync($"/v1/aggregates/shop.account/{account}/commands/shop.open-account", """{"owner":"Ada","openingDeposit":100}""", HttpStatusCode.OK, $"open-{account}");
        Assert.Equal("not-started", (await ReadAsync(Transfer)).GetProperty("state").GetString());
        await PostedAsync("/v1/aggregates/shop.transfer/t-1/commands/shop.transfer-money", """{"from":"ann","to":"bob","amount":30}""", HttpStatusCode.OK, "t-1");
        var end = await ReadAsync($"{Transfer}?wait=20");
        Assert.Equal(("completed", 70m), (end.GetProperty("state").GetString(), end.GetProperty("reply").GetDecimal()));
        Assert.Equal(["withdraw accepted", "deposit accepted"], end.GetProperty("steps").EnumerateArray()
            .Select(step => $"{step.GetProperty("name")} {step.GetProperty("state")}"));

        var waited = await PostedAsync("/v1/aggregates/shop.transfer/t-2/commands/shop.transfer-money?wait=20", """{"from":"ann","to":"bob","amount":30}""", HttpStatusCode.OK, "t-2");
        Assert.Equal(("completed", 40m), (waited.GetProperty("state").GetString(), waited.GetProperty("reply").GetDecimal()));
        await PostedAsync("/v1/aggregates/shop.account/ann/commands/shop.deposit?wait=20", """{"amount":30}""", HttpStatusCode.NotFound, "d-1");

        Assert.Empty((await ReadAsync("/v1/transactions?kind=shop.transfer")).GetProperty("transactions").EnumerateArray());
        await Eventually.TrueAsync("their ends are stored", async () => await EndsAsync() is ["t-2 completed", "t-1 completed"]);
        Assert.Empty((await ReadAsync("/v1/transactions?state=compensated")).GetProperty("transactions").EnumerateArray());
        foreach (var bad in (string[])
            ["?state=running", "?state=ended&after=nonsense", "?limit=0", "?older-than=x", "?knid=a", "?after=nonsense"])
            Assert.Equal(HttpStatusCode.BadRequest, (await _gateway.Http.GetAsync($"/v1/transactions{bad}", Cancellation)).StatusCode);

        var refused = await PostedAsync($"{Transfer}/resume", "", HttpStatusCode.Forbidden);
        Assert.Equal("forbidden", refused.GetProperty("code").GetString());
        Assert.Contains("it does not need attention", (await OperatedAsync($"{Transfer}/resume", "", HttpStatusCode.BadRequest))
            .GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("it does not run", (await OperatedAsync($"{Transfer}/turn-back", """{"reason":"Enough."}""", HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("no 'reason'", (await OperatedAsync($"{Transfer}/turn-back", "{}", HttpStatusCode.BadRequest)).GetProperty("detail")
            .GetString(), StringComparison.Ordinal);
        Assert.Contains("'do'", (await OperatedAsync($"{Transfer}/skip", """{"step":"deposit","phase":"x","reason":"y"}""", HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("unknown-name", (await OperatedAsync("/v1/transactions/shop.account/ann/resume", "", HttpStatusCode.NotFound))
            .GetProperty("code").GetString());

        async Task<string[]> EndsAsync() => [.. (await ReadAsync("/v1/transactions?kind=shop.transfer&state=ended"))
            .GetProperty("transactions").EnumerateArray().Select(one => $"{one.GetProperty("id")} {one.GetProperty("state")}")];
    }

    [Fact]
    public async Task a_projection_is_verified_and_rebuilt_by_operators_only()
    {
        const string Projection = "/v1/projections/account_balances";
        await PostedAsync("/v1/aggregates/shop.account/ann/commands/shop.open-account", """{"owner":"Ada","openingDeposit":100}""", HttpStatusCode.OK, "open-1");
        await PostedAsync($"{Projection}/verify", "", HttpStatusCode.Forbidden);

        await OperatedAsync($"{Projection}/verify", "", HttpStatusCode.Accepted);
        var verified = await EndedAsync(Projection, "verified");
        Assert.Equal((0, 0), (verified.GetProperty("wrong").GetArrayLength(), verified.GetProperty("undecided").GetInt32()));
        await OperatedAsync($"{Projection}/rebuild", "", HttpStatusCode.Accepted);
        Assert.True((await EndedAsync(Projection, "rebuilt")).GetProperty("changed").GetInt64() >= 0);
        var version = Assert.Single((await OperatedAsync($"{Projection}/versions", "", HttpStatusCode.OK, HttpMethod.Get)).EnumerateArray());
        Assert.Equal((1, "phoenix.account_balances"),
            (version.GetProperty("version").GetInt32(), Assert.Single(version.GetProperty("tables").EnumerateArray()).GetString()));
        Assert.Contains("is in use",
            (await OperatedAsync($"{Projection}/versions/1", "", HttpStatusCode.Conflict, HttpMethod.Delete)).GetProperty("detail").GetString(),
            StringComparison.Ordinal);
        await OperatedAsync("/v1/projections/no-such/verify", "", HttpStatusCode.Accepted);
        Assert.Contains("'account_balances'", (await EndedAsync("/v1/projections/no-such", "failed")).GetProperty("error").GetString(),
            StringComparison.Ordinal);
    }

    private async Task<JsonElement> EndedAsync(string projection, string state)
    {
        JsonElement status = default;
        await Eventually.TrueAsync($"{projection} is {state}", async () =>
            (status = await OperatedAsync(projection, "", HttpStatusCode.OK, HttpMethod.Get)).GetProperty("state").GetString() == state);
        return status;
    }

    [Fact]
    public async Task a_publication_is_looked_at_by_all_and_rewound_by_operators_who_say_how_much()
    {
        const string Publication = "/v1/publications/shop.account";
        await PostedAsync("/v1/aggregates/shop.account/ann/commands/shop.open-account", """{"owner":"Ada","openingDeposit":100}""", HttpStatusCode.OK, "open-1");
        await Eventually.TrueAsync(
            "both events are published", async () => (await ReadAsync(Publication)).GetProperty("position").GetInt64() >= 2);
        Assert.Equal((0, "00:00:00"), await ReadAsync(Publication) is var caughtUp
            ? (caughtUp.GetProperty("lagEvents").GetInt64(), caughtUp.GetProperty("lag").GetString()) : default);
        Assert.Equal(2, (await ReadAsync($"{Publication}/events-since?position=0")).GetProperty("events").GetInt64());
        Assert.Equal(1, (await ReadAsync($"{Publication}/events-since?stream=shop.account/ann&version=2"))
            .GetProperty("events").GetInt64());

        await PostedAsync($"{Publication}/pause", "", HttpStatusCode.Forbidden);
        await OperatedAsync($"{Publication}/pause", """{"reason":"Look."}""", HttpStatusCode.OK);
        Assert.Equal("paused", (await ReadAsync(Publication)).GetProperty("state").GetString());
        var confirm = await OperatedAsync($"{Publication}/rewind?position=0", "", HttpStatusCode.Conflict);
        Assert.Equal(("confirm", 2), (confirm.GetProperty("code").GetString(), confirm.GetProperty("events").GetInt32()));
        var absent = await OperatedAsync($"{Publication}/rewind?stream=shop.account/ann&version=3", "", HttpStatusCode.BadRequest);
        Assert.Contains("had version 3", absent.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await OperatedAsync($"{Publication}/rewind?stream=shop.account/ann&version=1&at-most=2", "", HttpStatusCode.OK);
        await OperatedAsync($"{Publication}/resume", "", HttpStatusCode.OK);
        await Eventually.TrueAsync("both events went out again", async () =>
            await ReadAsync(Publication) is var view && view.GetProperty("run").GetInt32() == 2 && view.GetProperty("position")
                .GetInt64() >= 2);

        await PostedAsync($"{Publication}/slices", """{"count":2}""", HttpStatusCode.Forbidden);
        var tooMany = await OperatedAsync($"{Publication}/slices", """{"count":65}""", HttpStatusCode.BadRequest);
        Assert.Contains("1 to 64 slices; found 65", tooMany.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await OperatedAsync($"{Publication}/slices", """{"count":2}""", HttpStatusCode.OK);
        await Eventually.TrueAsync("both slices are published", async () =>
            (await ReadAsync(Publication)).GetProperty("slices").EnumerateArray().ToList() is [var one, var two]
            && (one.GetProperty("owner").GetString(), two.GetProperty("owner").GetString()) is ({ }, { })
            && (await ReadAsync(Publication)).GetProperty("run").GetInt32() == 2);
        Assert.Contains("There are: shop.account", (await OperatedAsync("/v1/publications/other/resume", "", HttpStatusCode.BadRequest))
            .GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_account_can_be_run_over_http()
    {
        const string Account = "/v1/aggregates/shop.account/a%2F1";
        await PostedAsync($"{Account}/commands/shop.open-account", """{"owner":"Ada","openingDeposit":100}""", HttpStatusCode.OK, "open-1");
        var deposit = await PostedAsync($"{Account}/commands/shop.deposit", """{"amount":30.5}""", HttpStatusCode.OK, "deposit-1");
        var again = await PostedAsync($"{Account}/commands/shop.deposit", """{"amount":30.50}""", HttpStatusCode.OK, "deposit-1");
        var reused = await PostedAsync($"{Account}/commands/shop.deposit", """{"amount":31}""", HttpStatusCode.Conflict, "deposit-1");
        var rejected = await PostedAsync($"{Account}/commands/shop.withdraw", """{"amount":1000}""", HttpStatusCode.UnprocessableEntity, "withdraw-1");
        Assert.Equal((130.5m, false, true), (deposit.GetProperty("reply").GetDecimal(), deposit.GetProperty("repeated").GetBoolean(), again.GetProperty("repeated").GetBoolean()));
        Assert.Equal(("id-reused", "insufficient-funds"), (reused.GetProperty("code").GetString(), rejected.GetProperty("code").GetString()));

        var query = await PostedAsync($"{Account}/queries/shop.get-account?linearizable=true", "", HttpStatusCode.OK);
        Assert.Equal((3, 130.5m), (query.GetProperty("version").GetInt32(), query.GetProperty("answer").GetProperty("balance").GetDecimal()));
        Assert.Equal(130.5m, (await ReadAsync(Account)).GetProperty("state").GetProperty("balance").GetDecimal());
        Assert.Equal(100m, (await ReadAsync($"{Account}?version=2")).GetProperty("state").GetProperty("balance").GetDecimal());
        Assert.Equal(0, (await ReadAsync($"{Account}?time=2020-01-01T00:00:00Z")).GetProperty("version").GetInt32());

        var history = await ReadAsync($"{Account}/history?after=1&limit=1");
        var @event = history.GetProperty("events").EnumerateArray().Single();
        Assert.Equal(("shop.money-deposited", "open-1"), (@event.GetProperty("name").GetString(), @event.GetProperty("commandId").GetString()));
        Assert.Equal(2, history.GetProperty("nextAfter").GetInt32());

        await Eventually.TrueAsync("the read model has caught up", async () =>
            await _gateway.Http.GetAsync("/v1/read-models/account-balances/a%2F1", Cancellation) is { IsSuccessStatusCode: true } row
            && (await row.JsonAsync()).GetProperty("balance").GetDecimal() == 130.5m);
    }

    [Fact]
    public async Task balances_are_listed_by_a_typed_client_and_tell_how_far_the_projection_is()
    {
        foreach (var (account, deposit) in (IEnumerable<(string, int)>)[("ann", 100), ("bob", 3000), ("cid", 2000)])
            await PostedAsync($"/v1/aggregates/shop.account/{account}/commands/shop.open-account", $$"""{"owner":"Ada","openingDeposit":{{deposit}}}""", HttpStatusCode.OK);
        await using var services = new ServiceCollection().AddReadModelClient(options =>
            (options.Gateway, options.Token) = (_gateway.Http.BaseAddress, RunningGateway.Token)).BuildServiceProvider();
        var client = services.GetRequiredService<IReadModelClient>();
        ReadModelPage<AccountBalance>? page = null;
        await Eventually.TrueAsync("the projection has come to the end of the log", async () =>
            (page = await client.Of<AccountBalance>("account-balances").PageAsync()).Position == 6);
        Assert.Equal((0, 3), (page!.Behind, page.Rows.Count));
        Assert.Equal("bob 3000, cid 2000", await ReadModelsGuide.RichAsync(client));
    }

    [Theory]
    [InlineData("/v1/aggregates/shop.account/a-1/commands/shop.nonsense", "{}", HttpStatusCode.NotFound, "unknown-name")]
    [InlineData("/v1/aggregates/shop.account/a-1/commands/shop.deposit", """{"amount":"30"}""", HttpStatusCode.BadRequest, "undecodable")]
    [InlineData("/v1/aggregates/shop.account/a-1/commands/shop.deposit", "{}", HttpStatusCode.BadRequest, "undecodable")]
    [InlineData("/v1/aggregates/shop.account/a-1/queries/shop.nonsense", "{}", HttpStatusCode.NotFound, "unknown-name")]
    [InlineData("/v1/aggregates/shop.nowhere/a-1/queries/shop.get-account", "{}", HttpStatusCode.NotFound, "unknown-name")]
    public async Task what_the_domain_does_not_know_is_a_typed_problem(string path, string body, HttpStatusCode status, string code)
    {
        var response = await _gateway.PostAsync(path, body);
        Assert.Equal((status, code), (response.StatusCode, await response.ProblemCodeAsync()));
        // The caller was told, so nothing is left for an operator.
        Assert.Empty((await ReadAsync("/v1/dead-letters/shop.account")).GetProperty("letters").EnumerateArray());
    }

    [Fact]
    public async Task timers_are_listed_and_cancelled_over_http()
    {
        const string Alarm = "/v1/aggregates/tests.alarm/h%2F1";
        foreach (var name in (string[])["late", "later"])
            await PostedAsync($"{Alarm}/commands/tests.set-alarm", $$"""{"name":"{{name}}","seconds":{{name.Length * 1000}},"text":"x"}""", HttpStatusCode.OK);

        var first = await ReadAsync("/v1/due?aggregate=tests.alarm&id=h%2F1&limit=1");
        var entry = first.GetProperty("entries").EnumerateArray().Single();
        Assert.Equal(("tests.alarm/h/1", "late", "timer", "tests.ring"),
            (entry.GetProperty("owner").GetString(), entry.GetProperty("name").GetString(), entry.GetProperty("kind").GetString(), entry.GetProperty("command").GetString()));
        var second = await ReadAsync($"/v1/due?aggregate=tests.alarm&id=h%2F1&after={Uri.EscapeDataString(first.GetProperty("next").GetString()!)}");
        Assert.Equal("later", second.GetProperty("entries").EnumerateArray().Single().GetProperty("name").GetString());

        const string Late = "/v1/due?aggregate=tests.alarm&id=h%2F1&name=late";
        Assert.Equal(HttpStatusCode.Forbidden, (await _gateway.Http.DeleteAsync(Late, Cancellation)).StatusCode);
        await PostedAsync("/v1/due/again?aggregate=tests.alarm&id=h%2F1&name=later", "", HttpStatusCode.Forbidden);
        await OperatedAsync(Late, """{"reason":"nobody waits"}""", HttpStatusCode.OK, HttpMethod.Delete);
        await OperatedAsync(Late, "", HttpStatusCode.NotFound, HttpMethod.Delete);
        var audited = (await ReadAsync("/v1/letters/audit")).GetProperty("entries").EnumerateArray()
            .Single(entry => entry.GetProperty("subject").GetString() == "late of tests.alarm/h/1");
        Assert.Equal(["cancel", "operator", "nobody waits", "tests.ring to tests.alarm/h/1: {\"text\":\"x\"}"],
            ((string[])["verb", "principal", "reason", "detail"]).Select(member => audited.GetProperty(member).GetString()));
        await OperatedAsync("/v1/due/again?aggregate=tests.alarm&id=h%2F1&name=later", "", HttpStatusCode.NotFound);
        foreach (var bad in (string[])["?aggregate=tests.alarm", "?limit=0", "?after=nonsense"])
            Assert.Equal(HttpStatusCode.BadRequest, (await _gateway.Http.GetAsync($"/v1/due{bad}", Cancellation)).StatusCode);
        Assert.Equal("later", (await ReadAsync("/v1/due?name=later")).GetProperty("entries").EnumerateArray().Single().GetProperty("name").GetString());
    }

    [Fact]
    public async Task a_topic_is_switched_off_and_on_by_operators_only()
    {
        var topics = (await ReadAsync("/v1/consumption")).GetProperty("topics").EnumerateArray().ToList();
        var topic = topics.Single(each => each.GetProperty("name").GetString() == "shop.account").GetProperty("topic").GetString();
        var verbs = $"/v1/consumption/{topic}";
        await PostedAsync($"{verbs}/off", """{"reason":"a test"}""", HttpStatusCode.Forbidden);
        Assert.Contains("A reason has 1 to 500 characters",
            (await OperatedAsync($"{verbs}/off", "{}", HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains(topic!, (await OperatedAsync("/v1/consumption/other/off", """{"reason":"a test"}""", HttpStatusCode.BadRequest))
            .GetProperty("detail").GetString(), StringComparison.Ordinal);

        await OperatedAsync($"{verbs}/off", """{"reason":"a test"}""", HttpStatusCode.OK);
        var off = (await ReadAsync("/v1/consumption")).GetProperty("topics").EnumerateArray().Single(each => each.GetProperty("topic").GetString() == topic);
        Assert.Equal("a test", off.GetProperty("reason").GetString());
        await PostedAsync($"{verbs}/on", "", HttpStatusCode.Forbidden);
        Assert.True((await OperatedAsync($"{verbs}/on", "", HttpStatusCode.OK)).GetProperty("changed").GetBoolean());
        Assert.False((await OperatedAsync($"{verbs}/on", "", HttpStatusCode.OK)).GetProperty("changed").GetBoolean());
    }

    [Fact]
    public async Task who_changed_something_finds_it_in_the_read_model()
    {
        for (var number = 1; number <= 10; number++)
        {
            await PostedAsync($"/v1/aggregates/shop.account/own-{number}/commands/shop.open-account", """{"owner":"Ada","openingDeposit":5}""", HttpStatusCode.OK);
            Assert.Equal(5, (await ReadAsync($"/v1/read-models/account-balances/own-{number}?wait=20")).GetProperty("balance").GetDecimal());
        }

        var all = await ReadAsync("/v1/read-models/account-balances?wait=20");
        Assert.True(all.GetProperty("reached").GetBoolean());
        Assert.Equal(10, all.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task the_ledger_is_trimmed_by_operators_who_say_how_many_rows()
    {
        const string Trim = "/v1/ledger/trim";
        await PostedAsync($"{Trim}?before=2020-01-01T00:00:00Z&at-most=1", "", HttpStatusCode.Forbidden);
        foreach (var (bad, named) in ((string, string)[])[("", "before"), ("?before=2020-01-01T00:00:00Z", "at-most"), ("?before=yesterday&at-most=1", "before"),
            ("?before=2020-01-01T00:00:00Z&at-most=1&ingore=senders", "ingore")])
            Assert.Contains(named, (await OperatedAsync($"{Trim}{bad}", "", HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("senders", (await OperatedAsync($"{Trim}?before={DateTime.UtcNow:O}&at-most=1", "", HttpStatusCode.Conflict)).GetProperty("detail").GetString(), StringComparison.Ordinal);

        var look = await OperatedAsync("/v1/ledger", "", HttpStatusCode.OK, HttpMethod.Get);
        Assert.Contains(look.GetProperty("holds").EnumerateArray(), hold => hold.GetProperty("name").GetString() == "senders");
        await OperatedAsync($"{Trim}?before=2020-01-01T00:00:00Z&at-most=0", "", HttpStatusCode.Accepted);
        await Eventually.TrueAsync("it has ended", async () =>
            (await OperatedAsync(Trim, "", HttpStatusCode.OK, HttpMethod.Get)).GetProperty("state").GetString() == "trimmed");
        Assert.False((await OperatedAsync(Trim, "", HttpStatusCode.OK, HttpMethod.Delete)).GetProperty("stopped").GetBoolean());
    }

    [Fact]
    public async Task a_request_for_a_tenant_is_refused()
    {
        var response = await _gateway.PostAsync("/v1/aggregates/shop.account/t-1/commands/shop.open-account", """{"owner":"Ada","openingDeposit":5}""", ("Phoenix-Tenant", "acme"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Phoenix-Tenant", (await response.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        foreach (var path in (string[])["/v1/aggregates/shop.account/t-1", "/v1/read-models/account-balances", "/v1/transactions"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Phoenix-Tenant", "acme" } } };
            Assert.Equal(HttpStatusCode.BadRequest, (await _gateway.Http.SendAsync(request)).StatusCode);
        }
    }

    private async Task<JsonElement> PostedAsync(string path, string body, HttpStatusCode expected, string? key = null)
    {
        var response = await _gateway.PostAsync(path, body, key is null ? [] : [("Idempotency-Key", key)]);
        var json = await response.JsonAsync();
        Assert.True(response.StatusCode == expected, $"{path}: {response.StatusCode} {json}");
        return json;
    }

    private async Task<JsonElement> OperatedAsync(string path, string body, HttpStatusCode expected, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post,
            path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", OperatorToken);
        var response = await _gateway.Http.SendAsync(request, Cancellation);
        var json = await response.JsonAsync();
        Assert.True(response.StatusCode == expected, $"{path}: {response.StatusCode} {json}");
        return json;
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        var response = await _gateway.Http.GetAsync(path, Cancellation);
        var json = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {json}");
        return json;
    }
}
