using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Phoenix.Aggregates;
using Phoenix.EventStore;
using Phoenix.Faults;
using Phoenix.Messages;
using Phoenix.Tests.Engine;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// A delivery that ends too late or fails comes again: what it had done stays done, and the order of a key holds all the same.
/// </summary>
[Trait("Category", "Servers")]
public sealed class RepeatedDeliveryTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private const string Name = "tests.counter";
    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromSeconds(5);
    private readonly string _prefix = $"t{Guid.NewGuid():N}"[..12];
    private readonly string _key = Guid.NewGuid().ToString("N");
    private readonly Hindrances _hindrances = new();
    private readonly AggregateOptions _options = new();
    private PostgresFaultProxy _proxy = null!;
    private TestSilo _silo = null!;
    private WireClient _wire = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        var bootstrap = await kafka.BootstrapAsync();
        await kafka.CreateTopicAsync($"{_prefix}.{Name}.commands", 1);
        await kafka.CreateTopicAsync($"{_prefix}.{Name}.dead-letter", 1);
        _database = await postgres.NewDatabaseAsync();
        _proxy = new PostgresFaultProxy(_database, isWrite: ProxiedLog.IsAppend);
        _silo = await TestSilo.StartAsync(
            _proxy.ConnectionString, options => (options.Kafka, options.TopicPrefix, options.Partitions) = (bootstrap, _prefix, 1),
            [typeof(Engine.Counter).Assembly, typeof(global::Shop.Accounts.Account).Assembly],
            silo => silo.Services.AddSingleton<IHindrance>(_hindrances).AddSingleton(_options)
                .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = DeliveryLimit)
                .Configure<EventStoreOptions>(log => (log.AttemptTimeLimit, log.CommitTimeLimit) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3))));
        _wire = await WireClient.StartAsync(kafka, _prefix, Name);
    }

    public async ValueTask DisposeAsync()
    {
        _wire.Dispose();
        _proxy.Pass();
        await _silo.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task handlers_that_pass_their_limit_are_run_once_and_their_key_moves_on()
    {
        _options.HandlerTimeLimit = TimeSpan.FromSeconds(2);
        var runs = new ConcurrentQueue<string>();
        var downstream = new TaskCompletionSource();
        string[] names = ["down-1", "down-2", "down-3", "down-4", "down-5"];
        foreach (var name in names)
        {
            _hindrances.Deed(name, () =>
            {
                runs.Enqueue(name);
                return downstream.Task;
            });
        }

        // One batch: 10 s of time limits where a delivery may take 5 s.
        var release = await HoldDeliveriesAsync();
        var slow = names.Select((name, at) => AddWhenLet(at + 1, name)).ToList();
        var good = names.Select((_, at) => Add(100 + at)).ToList();
        var places = new List<TopicPartitionOffset>();
        for (var at = 0; at < names.Length; at++)
        {
            places.Add(await _wire.SendAsync(slow[at]));
            await _wire.SendAsync(good[at]);
        }

        release();
        foreach (var request in slow) Assert.Equal(("failed", "handler-timeout"), Read(await _wire.ReplyAsync(request)));
        foreach (var request in good) Assert.Equal("accepted", (await _wire.ReplyAsync(request)).Status);
        downstream.SetResult();
        var after = AddWhenLet(6, "down-5");
        Assert.Equal("accepted", (await _wire.RequestAsync(after)).Status);

        Assert.Equal([.. names, "down-5"], runs);
        Assert.Equal("0,100,101,102,103,104,6", await AmountsAsync());
        foreach (var place in places) await _wire.DeadLetterAsync(place);
        Assert.Equal(names.Length, _wire.Received(record => record["deadletterid"] is not null).Count);
        Assert.Equal(names.Length, _wire.Received(record => record["requestid"] is not null && record["deadletterid"] is null && record.Status == "failed").Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task after_a_failed_commit_nothing_behind_it_is_decided_before_it(bool isQuery)
    {
        _options.HandlerTimeLimit = Eventually.Patience;
        var release = await HoldDeliveriesAsync();
        WireRequest first = AddWhenLet(1, "first"), between = isQuery ? Linearizable() : AddWhenLet(2, "between");
        var (firstGate, gate) = (_hindrances.Gate("first", out var reached), _hindrances.Gate("between", out _));
        List<WireRequest> all = [first, between, Add(3), Add(4), Add(5)];
        foreach (var request in all) await _wire.SendAsync(request);
        release();
        await reached.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        var held = _proxy.HoldNextCommit();
        firstGate.SetResult();
        await held.Hit.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);

        // A caller of the same command shares what becomes of its commit.
        var sharing = _silo.Grains.GetGrain<ICounterGrain>(_key).Execute(new AddWhenLet(1, "first"), new CommandOptions { CommandId = first.Id });
        await Assert.ThrowsAnyAsync<CommandException>(() => sharing);
        await held.AbortAsync();
        gate.SetResult();

        foreach (var request in all) Assert.Equal(request == between && isQuery ? "answered" : "accepted", (await _wire.ReplyAsync(request)).Status);
        Assert.Equal(isQuery ? "0,1,3,4,5" : "0,1,2,3,4,5", await AmountsAsync());
    }

    /// <summary>Keeps the key busy with one command, so that what is sent meanwhile comes in one delivery.</summary>
    private async Task<Action> HoldDeliveriesAsync()
    {
        var gate = _hindrances.Gate("hold", out var reached);
        await _wire.SendAsync(AddWhenLet(0, "hold"));
        await reached.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        return gate.SetResult;
    }

    private WireRequest Add(int amount) => Request("tests.add", $$"""{"amount":{{amount}}}""");

    private WireRequest AddWhenLet(int amount, string hindrance) => Request("tests.add-when-let", $$"""{"amount":{{amount}},"hindrance":"{{hindrance}}"}""");

    private WireRequest Linearizable() => Request("tests.get-total", "{}").Add("linearizable", "true");

    private WireRequest Request(string type, string json) => WireRequest.To(Name, _key, type, json, _wire.ReplyTopic);

    private static (string Status, string? Code) Read(WireRecord reply) => (reply.Status, reply.Code);

    private Task<string> AmountsAsync() => EventLog.ScalarAsync<string>(
        _database, $"select coalesce(string_agg(data->>'amount', ',' order by version), '') from phoenix.mt_events where stream_id = '{Name}/{_key}'");
}
