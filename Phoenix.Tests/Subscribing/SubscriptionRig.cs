using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Health;
using Phoenix.Kafka;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>The shop on a silo, and the payments that it reads.</summary>
internal sealed class SubscriptionRig : IAsyncDisposable
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}"[..12];
    private readonly string _siloDatabase;
    private TestSilo? _silo;

    private SubscriptionRig(string database, string siloDatabase, PaymentTopic topic) =>
        (Database, _siloDatabase, Payments) = (database, siloDatabase, topic);

    public IReadOnlyCollection<Assembly> Domains { get; init; } = [typeof(Account).Assembly];

    /// <summary>Of the next silo.</summary>
    public IReadOnlyList<(string Key, string? Value)> Settings { get; set; } = [];

    public string Database { get; }

    public PaymentTopic Payments { get; }

    public TestSilo Silo => _silo!;

    public IKafkaHealth Health => Silo.Services.GetRequiredService<IKafkaHealth>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="postgres">The database's server.</param>
    /// <param name="kafka">The broker.</param>
    /// <param name="partitions">Of the payments' topic; 0: it does not exist.</param>
    /// <param name="proxy">The silo's way to the database, where that is another than the test's.</param>
    /// <param name="domains">What the silo runs; default the shop.</param>
    /// <param name="settings">Further settings; one without a value is the topic's name.</param>
    public static async Task<SubscriptionRig> StartAsync(
        SharedPostgres postgres, SharedKafka kafka, int partitions = 1, Func<string, string>? proxy = null,
        IReadOnlyCollection<Assembly>? domains = null, params IReadOnlyList<(string Key, string? Value)> settings)
    {
        var database = await postgres.NewDatabaseAsync();
        var topic = new PaymentTopic(await kafka.BootstrapAsync(), PaymentTopic.NewName());
        var rig = new SubscriptionRig(database, proxy is null ? database : proxy(database), topic) { Domains = domains
            ?? [typeof(Account).Assembly], Settings = settings };
        if (partitions > 0) await kafka.CreateTopicAsync(rig.Payments.Name, partitions);
        await rig.StartSiloAsync();
        return rig;
    }

    public async Task StartSiloAsync() => _silo = await NewSiloAsync();

    /// <summary>One more silo that reads the same, of a cluster of its own.</summary>
    public Task<TestSilo> NewSiloAsync() => TestSilo.StartAsync(
        _siloDatabase,
        options => (options.Kafka, options.TopicPrefix, options.Partitions) = (Payments.Bootstrap, _prefix, 2),
        Domains,
        silo: null,
        [("Phoenix:Subscriptions:shop.payments:Topic", Payments.Name),
        .. Settings.Select(setting => (setting.Key, setting.Value ?? Payments.Name))]);

    /// <summary>Forgets what the silos have committed, as if it had never been.</summary>
    public void ForgetPositions(int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = Payments.Bootstrap,
            GroupId = $"{_prefix}.silos" }).Build();
        consumer.Commit(Enumerable.Range(0, partitions).Select(number => new TopicPartitionOffset(Payments.Name, number, 0)));
    }

    public async Task StopSiloAsync()
    {
        if (_silo is { } silo) await silo.DisposeAsync();
        _silo = null;
    }

    /// <summary>An account that is open for deposits.</summary>
    public async Task<string> NewAccountAsync()
    {
        var id = Guid.NewGuid().ToString("N");
        await Silo.Grains.GetGrain<IAccountGrain>(id).Execute(new OpenAccount("Ann"));
        return id;
    }

    public async Task<decimal> BalanceAsync(string account) =>
        (await Silo.Grains.GetGrain<IAccountGrain>(account).Query(new GetAccount())).Balance;

    public Task HasBalanceAsync(string account, decimal expected) =>
        Eventually.TrueAsync($"{account} has {expected}", async () => await BalanceAsync(account) is var found
            && (found <= expected ? found == expected : throw new InvalidOperationException($"It has {found}, more than {expected}.")));

    /// <summary>Waits until everything that stands in the topic is done and its positions are committed.</summary>
    public Task AllDoneAsync(int partitions = 1) => Eventually.TrueAsync(
        "all records are done and committed",
        () =>
        Health.Partitions.Where(each => each.Topic == Payments.Name).ToList() is var found && found.Count == partitions
        && found.TrueForAll(each => each is { Lag: 0, Undecided: 0 } && each.CommittedOffset == each.EndOffset));

    /// <summary>What the health check says.</summary>
    public Task<HealthCheckResult> CheckAsync() =>
        ActivatorUtilities.CreateInstance<SubscriptionsCheck>(Silo.Services).CheckHealthAsync(new(), Token);

    /// <summary>Commands in the ledger that subscriptions sent to an account, by command id.</summary>
    public async Task<long> LedgerRowsAsync(string account) =>
        (long)(await Sql.ScalarAsync(Database, $"select count(*) from phoenix.phoenix_ledger where stream = 'shop.account/{account}' and source = 'subscription:shop.payments'"))!;

    /// <summary>The dead letters that stand in the topic now.</summary>
    public Task<List<ConsumeResult<byte[]?, byte[]?>>> LettersAsync(string subscription = "shop.payments") => Task.Run(() =>
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig { BootstrapServers = Payments.Bootstrap,
            GroupId = "tests", EnableAutoCommit = false, FetchWaitMaxMs = 5 }).Build();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Payments.Bootstrap }).Build();
        var topic = $"{_prefix}.{subscription}.dead-letter";
        var letters = new List<ConsumeResult<byte[]?, byte[]?>>();
        foreach (var partition in admin.GetMetadata(topic, Eventually.Patience).Topics[0].Partitions)
        {
            var place = new TopicPartition(topic, partition.PartitionId);
            var marks = consumer.QueryWatermarkOffsets(place, Eventually.Patience);
            if (marks.High == marks.Low) continue;
            consumer.Assign(new TopicPartitionOffset(place, marks.Low));
            do letters.Add(consumer.Consume(Token));
            while (letters[^1].Offset + 1 < marks.High);
        }

        return letters;
    }, Token);

    /// <summary>Waits for the one open letter of a subscription and replays it.</summary>
    public async Task ReplayAsync(string subscription)
    {
        var letters = Silo.Grains.GetGrain<IDeadLettersGrain>(0);
        await Eventually.TrueAsync("the letter is listed", async () => await letters.Count(new() { Name = subscription }) == 1);
        var id = await letters.ReplayMany(new() { Name = subscription }, 1, new("it is mended"));
        await Eventually.TrueAsync(
            "it is replayed", async () => await letters.Replays(id) is [{ State: "replayed", Replayed: 1, Skipped: 0 }]);
    }

    public async ValueTask DisposeAsync()
    {
        await StopSiloAsync();
        await TestTopics.DeleteAsync(Payments.Bootstrap, _prefix);
        Payments.Dispose();
    }
}
