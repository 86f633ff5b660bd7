using System.Net;
using Microsoft.Extensions.Options;
using Xunit;

namespace Phoenix.Tests.Gateway;

[Trait("Category", "Servers")]
public sealed class EntranceTests(SharedKafka kafka)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task without_the_token_nothing_but_health_answers()
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        foreach (var authorization in (string?[])[null, "Bearer", "Bearer wrong-token-of-some-length", $"Basic {RunningGateway.Token}", $"Bearer {RunningGateway.Token}x"])
        {
            gateway.Http.DefaultRequestHeaders.Remove("Authorization");
            if (authorization is not null) gateway.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
            foreach (var path in (string[])["/v1/aggregates/shop.account/a-1", "/v1/read-models/x", "/nowhere", "/"])
            {
                var response = await gateway.Http.GetAsync(path, Cancellation);
                Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), (response.StatusCode, await response.ProblemCodeAsync()));
                Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
            }

            Assert.Equal(HttpStatusCode.Unauthorized, (await gateway.PostAsync("/v1/aggregates/shop.account/a-1/commands/shop.deposit", "{}")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await gateway.Http.GetAsync("/health/live", Cancellation)).StatusCode);
        }

        Assert.True(gateway.Silo.IsIdle());
    }

    [Fact]
    public async Task it_is_ready_once_it_can_receive_replies()
    {
        await using var gateway = await RunningGateway.StartAsync(kafka);
        await Eventually.TrueAsync("the gateway is ready", async () => (await gateway.Http.GetAsync("/health/ready", Cancellation)).IsSuccessStatusCode);
    }

    [Fact]
    public void it_does_not_start_without_a_token()
    {
        var error = Assert.Throws<OptionsValidationException>(() => RunningGateway.Build(("Phoenix:Kafka", "127.0.0.1:1")));
        Assert.Contains("Phoenix__Gateway__Token", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void it_does_not_start_with_a_token_that_can_be_guessed()
    {
        var error = Assert.Throws<OptionsValidationException>(() => RunningGateway.Build(("Phoenix:Kafka", "127.0.0.1:1"), ("Phoenix:Gateway:Token", "secret")));
        Assert.Contains("shorter than 16", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_token_may_be_in_a_file()
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "token");
        await File.WriteAllTextAsync(file, RunningGateway.Token + "\n", Cancellation);
        await using var gateway = await RunningGateway.StartAsync(kafka, ("Phoenix:Gateway:Token", ""), ("Phoenix:Gateway:TokenFile", file));
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Http.GetAsync("/v1/read-models/none", Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("Account;drop", "account_balances", "account_id", "Name")]
    [InlineData("balances", "x\"; drop table y --", "account_id", "Relation")]
    [InlineData("balances", "account_balances", "id::text", "Key")]
    public void a_read_model_that_is_no_plain_identifier_is_refused(string name, string relation, string key, string member)
    {
        var error = Assert.Throws<OptionsValidationException>(() => RunningGateway.Build(
            ("Phoenix:ReadModels:0:Name", name), ("Phoenix:ReadModels:0:Relation", relation), ("Phoenix:ReadModels:0:Key", key)));
        Assert.Contains($"whose {member} is", error.Message, StringComparison.Ordinal);
    }
}
