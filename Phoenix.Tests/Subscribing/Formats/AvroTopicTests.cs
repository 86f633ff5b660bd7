using System.Net;
using Avro;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Phoenix.Tests.Subscribing.Formats;

/// <summary>A topic in Avro is read by the class that reads JSON, and a registry that is away costs no record.</summary>
[Trait("Category", "Servers")]
public sealed class AvroTopicTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private const string Amount = """{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}""";
    private const string First = $$"""{"type":"record","name":"Payment","fields":[{"name":"account","type":"string"},{{Amount}}]}""";
    private const string Later = $$"""
        {"type":"record","name":"Payment","fields":[{"name":"currency","type":"string"},{{Amount}},{"name":"account","type":["null","string"]}]}
        """;

    private SchemaServer _server = null!;
    private SubscriptionRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await SchemaServer.StartAsync();
        _server.Add(1, First);
        _server.Add(2, Later);
        _rig = await SubscriptionRig.StartAsync(
            postgres, kafka, settings: [("Phoenix:SchemaRegistry:Url", _server.Url), ("Phoenix:Subscriptions:shop.payments:Format", "avro")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task records_of_an_old_and_a_new_schema_become_deposits_and_others_dead_letters()
    {
        var account = await _rig.NewAccountAsync();
        await PayAsync(account, 1.25m);
        await _rig.Payments.PayAsync(account, 100);
        await _rig.Payments.WriteAsync(AvroValue.Of(2, Later, AvroValue.Record(
            Later, ("currency", "EUR"), ("amount", new AvroDecimal(2.50m)), ("account", account))), null, 0);
        await _rig.AllDoneAsync();

        Assert.Equal(3.75m, await _rig.BalanceAsync(account));
        Assert.Single(await _rig.LettersAsync());
    }

    [Fact]
    public async Task a_registry_that_is_away_is_waited_for()
    {
        var account = await _rig.NewAccountAsync();
        _server.Refusal = HttpStatusCode.ServiceUnavailable;
        for (var number = 0; number < 10; number++) await PayAsync(account, 1);
        await Eventually.TrueAsync("health says that something is wrong", async () => (await _rig.CheckAsync()).Status == HealthStatus.Degraded);
        Assert.Matches("^shop.payments: a record waits for its conversion: .*schema 1", (await _rig.CheckAsync()).Description);
        Assert.Equal(0, await _rig.BalanceAsync(account));

        _server.Refusal = null;
        await _rig.HasBalanceAsync(account, 10);
        await _rig.AllDoneAsync();
        Assert.Equal(10, await _rig.LedgerRowsAsync(account));
        Assert.Empty(await _rig.LettersAsync());
        Assert.Equal(HealthStatus.Healthy, (await _rig.CheckAsync()).Status);
    }

    [Fact]
    public async Task a_letter_whose_schema_is_registered_later_is_replayed()
    {
        var account = await _rig.NewAccountAsync();
        await PayAsync(account, 1, schema: 3);
        await _rig.AllDoneAsync();
        Assert.Equal(0, await _rig.BalanceAsync(account));

        _server.Add(3, First);
        await _rig.ReplayAsync("shop.payments");
        await _rig.HasBalanceAsync(account, 1);
    }

    private async Task PayAsync(string account, decimal amount, int schema = 1) => await _rig.Payments.WriteAsync(
        AvroValue.Of(schema, First, AvroValue.Record(First, ("account", account), ("amount", new AvroDecimal(amount + 0.00m)))), null, 0);
}
