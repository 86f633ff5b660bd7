using System.Net;
using System.Text;
using Phoenix.Tests.Client;
using Xunit;

namespace Phoenix.Tests.Gateway;

[Trait("Category", "Servers")]
public sealed class CommandTests(SharedKafka kafka)
{
    private const string Deposit = "/v1/aggregates/shop.account/a-1/commands/shop.deposit";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task an_accepted_command_answers_with_its_outcome()
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        var posting = gateway.PostAsync(Deposit, """{ "amount": 30.50 }""", ("Idempotency-Key", "\"d-1\""), ("Correlation-Id", "order-7"));
        var record = await gateway.Silo.NextAsync();
        Assert.Equal("""{ "amount": 30.50 }""", Encoding.UTF8.GetString(record.Message.Value));
        Assert.Equal(
            ("d-1", "shop.deposit", "/gateway", "gateway", "order-7"),
            (ForeignSilo.Header(record, "ce_id"), ForeignSilo.Header(record, "ce_type"), ForeignSilo.Header(record, "ce_source"), ForeignSilo.Header(record, "principal"), ForeignSilo.Header(record, "correlationid")));
        await gateway.Silo.ReplyAsync(record, ForeignSilo.Accepted("d-1"));

        var response = await posting;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var json = await response.JsonAsync();
        Assert.Equal(("accepted", 130.5m, 5), (json.GetProperty("status").GetString(), json.GetProperty("reply").GetDecimal(), json.GetProperty("versionAfter").GetInt64()));
    }

    [Fact]
    public async Task a_rejection_is_a_problem_with_the_rules_own_code_and_message()
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        var posting = gateway.PostAsync(Deposit, "{}");
        await gateway.Silo.ReplyAsync(await gateway.Silo.NextAsync(),
            """{"status":"rejected","commandId":"d","versionBefore":4,"versionAfter":4,"code":"insufficient-funds","message":"The balance is low.","repeated":false}""");

        var response = await posting;
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "insufficient-funds"), (response.StatusCode, await response.ProblemCodeAsync()));
        Assert.Equal("The balance is low.", (await response.JsonAsync()).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("undecodable", HttpStatusCode.BadRequest)]
    [InlineData("unknown-name", HttpStatusCode.NotFound)]
    [InlineData("id-reused", HttpStatusCode.Conflict)]
    [InlineData("too-large", HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("handler-failed", HttpStatusCode.InternalServerError)]
    [InlineData("broken-aggregate", HttpStatusCode.InternalServerError)]
    [InlineData("unavailable", HttpStatusCode.ServiceUnavailable)]
    public async Task a_failure_has_the_status_of_its_code(string code, HttpStatusCode status)
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        var posting = gateway.PostAsync(Deposit, "{}", ("Idempotency-Key", "d-1"));
        await gateway.Silo.ReplyAsync(await gateway.Silo.NextAsync(), $$"""{"status":"failed","code":"{{code}}","message":"What was found."}""");

        var response = await posting;
        Assert.Equal((status, code), (response.StatusCode, await response.ProblemCodeAsync()));
        Assert.Equal("d-1", (await response.JsonAsync()).GetProperty("commandId").GetString());
    }

    [Fact]
    public async Task no_reply_in_time_says_that_the_same_key_is_safe_to_send_again()
    {
        await using var gateway = await RunningGateway.StartAsync(kafka, ("Phoenix:Client:RequestTimeout", "00:00:01"));
        await Eventually.TrueAsync("the gateway is ready", async () => (await gateway.Http.GetAsync("/health/ready", Cancellation)).IsSuccessStatusCode);
        var response = await gateway.PostAsync(Deposit, "{}", ("Idempotency-Key", "d-1"));

        Assert.Equal((HttpStatusCode.GatewayTimeout, "unknown"), (response.StatusCode, await response.ProblemCodeAsync()));
        Assert.Contains("again with the same id d-1 is safe", (await response.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task who_prefers_an_asynchronous_response_gets_the_id_after_durable_hand_over()
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        var response = await gateway.PostAsync(Deposit, "{}", ("Prefer", "respond-async, wait=5"));

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("respond-async", response.Headers.GetValues("Preference-Applied").Single());
        var record = await gateway.Silo.NextAsync();
        Assert.Equal((await response.JsonAsync()).GetProperty("commandId").GetString(), ForeignSilo.Header(record, "ce_id"));
        Assert.Null(ForeignSilo.Header(record, "replyto"));
    }

    [Theory]
    [InlineData("a%2F1%20%C3%B6", "a/1 ö")]
    [InlineData("a%252F1", "a%2F1")]
    public async Task an_id_is_whatever_its_percent_encoding_says(string encoded, string id)
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{gateway.Http.BaseAddress}v1/aggregates/shop.account/{encoded}/commands/shop.deposit", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.Add("Prefer", "respond-async");
        Assert.Equal(HttpStatusCode.Accepted, (await gateway.Http.SendAsync(request, Cancellation)).StatusCode);
        Assert.Equal(id, Encoding.UTF8.GetString((await gateway.Silo.NextAsync()).Message.Key));
    }

    [Theory]
    [InlineData(Deposit, "{", "d-1")]
    [InlineData(Deposit, "[]", "d-1")]
    [InlineData(Deposit, "{} {}", "d-1")]
    [InlineData("/v1/aggregates/Shop.Account/a-1/commands/shop.deposit", "{}", "d-1")]
    [InlineData("/v1/aggregates/shop.account/a%00b/commands/shop.deposit", "{}", "d-1")]
    [InlineData("/v1/aggregates/shop.account/a%0Ab/commands/shop.deposit", "{}", "d-1")]
    [InlineData("/v1/aggregates/shop.account/a-1/commands/No%20Name", "{}", "d-1")]
    public async Task what_cannot_be_a_command_is_a_bad_request(string path, string body, string key)
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        var response = await gateway.PostAsync(path, body, ("Idempotency-Key", key));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(gateway.Silo.IsIdle());
    }

    [Fact]
    public async Task a_body_above_the_limit_is_refused()
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        var response = await gateway.PostAsync(Deposit, $$"""{"x":"{{new string('x', 1024 * 1024)}}"}""");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too-large"), (response.StatusCode, await response.ProblemCodeAsync()));
    }

    [Fact]
    public async Task without_a_cluster_reads_are_unavailable_and_say_why()
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        var response = await gateway.Http.GetAsync("/v1/aggregates/shop.account/a-1", Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (response.StatusCode, await response.ProblemCodeAsync()));
    }
}
