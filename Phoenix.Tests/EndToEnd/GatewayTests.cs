using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Tests.Gateway;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>HTTP, Kafka, silo, PostgreSQL and back; reads by the cluster and by SQL.</summary>
[Trait("Category", "Servers")]
public sealed class GatewayTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private TestSilo _silo = null!;
    private RunningGateway _gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var prefix = $"t{Guid.NewGuid():N}"[..12];
        var bootstrap = await kafka.BootstrapAsync();
        var database = await postgres.NewDatabaseAsync();
        _silo = await TestSilo.StartAsync(database, options => (options.Kafka, options.TopicPrefix) = (bootstrap, prefix));
        var cluster = _silo.Services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        _gateway = await RunningGateway.StartAsync(
            ("Phoenix:Kafka", bootstrap),
            ("Phoenix:TopicPrefix", prefix),
            ("Phoenix:ConnectionString", database),
            ("Phoenix:Gateway:Token", RunningGateway.Token),
            ("Phoenix:Client:RequestTimeout", "00:00:30"),
            ("Phoenix:Cluster:ClusterId", cluster.ClusterId),
            ("Phoenix:Cluster:ServiceId", cluster.ServiceId),
            ("Phoenix:Cluster:Gateways:0", _silo.Services.GetRequiredService<ILocalSiloDetails>().GatewayAddress!.Endpoint.ToString()),
            ("Phoenix:ReadModels:0:Name", "account-balances"),
            ("Phoenix:ReadModels:0:Relation", "account_balances"),
            ("Phoenix:ReadModels:0:Key", "account_id"));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _silo.DisposeAsync();
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

    private async Task<JsonElement> PostedAsync(string path, string body, HttpStatusCode expected, string? key = null)
    {
        var response = await _gateway.PostAsync(path, body, key is null ? [] : [("Idempotency-Key", key)]);
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
