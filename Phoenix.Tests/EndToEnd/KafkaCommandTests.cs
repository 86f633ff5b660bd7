using Phoenix.Client;
using Phoenix.Messages;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>The whole way: client, Kafka, silo, PostgreSQL, reply.</summary>
[Trait("Category", "Servers")]
public sealed class KafkaCommandTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private TestSilo _silo = null!;
    private TestClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var prefix = $"t{Guid.NewGuid():N}"[..12];
        var bootstrap = await kafka.BootstrapAsync();
        _silo = await TestSilo.StartAsync(await postgres.NewDatabaseAsync(), options =>
        {
            options.Kafka = bootstrap;
            options.TopicPrefix = prefix;
        });
        _client = await TestClient.StartAsync(bootstrap, prefix);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task a_command_over_kafka_is_decided_committed_and_answered()
    {
        var id = Guid.NewGuid().ToString("N");
        var opened = await _client.Phoenix.RequestAsync(id, new OpenAccount("Ann", 100));
        var rejected = await _client.Phoenix.RequestAsync(id, new Withdraw(101));
        var view = await _client.Phoenix.QueryAsync(id, new GetAccount());

        Assert.True(opened.IsAccepted);
        Assert.Equal((OutcomeStatus.Rejected, "insufficient-funds"), (rejected.Status, rejected.Code));
        Assert.Equal(100m, view.Balance);
        Assert.Equal(100m, (await _silo.Grains.GetGrain<IAccountGrain>(id).Query(new GetAccount())).Balance);
    }

    [Fact]
    public async Task commands_of_one_aggregate_keep_their_order_and_repeats_get_the_first_outcome()
    {
        var id = Guid.NewGuid().ToString("N");
        await _client.Phoenix.RequestAsync(id, new OpenAccount("Ann"));
        var requests = Enumerable.Range(1, 200).Select(number =>
            _client.Phoenix.RequestAsync(id, new Deposit(1), new CommandOptions { CommandId = $"deposit-{(number + 1) / 2}" })).ToList();
        var outcomes = await Task.WhenAll(requests);

        Assert.Equal(100, outcomes.Count(outcome => !outcome.Repeated));
        Assert.Equal(Enumerable.Range(2, 100).Select(version => (long)version), outcomes.Where(outcome => !outcome.Repeated).Select(outcome => outcome.VersionAfter).Order());
        Assert.Equal(100m, (await _client.Phoenix.QueryAsync(id, new GetAccount())).Balance);
    }
}
