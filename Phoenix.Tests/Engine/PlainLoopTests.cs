using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.Deciding;
using Phoenix.EventStore;
using Phoenix.EventStore.Log;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>
/// The decision loop decides for whatever has a state, a log and a decider: here for something that is no aggregate and no grain.
/// </summary>
[Trait("Category", "Servers")]
public sealed class PlainLoopTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const string Stream = "tests.tally/1";
    private readonly TaskScheduler _turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
    private readonly TallyDecider _decider = new();
    private EventLog _log = null!;
    private DecisionLoop<Tally> _loop = null!;

    public async ValueTask InitializeAsync()
    {
        _log = new EventLog(await EventLog.NewDatabaseAsync(postgres), marten: store => store.Events.MapEventType<Added>("tests.added"));
        var services = new EventStoreServices(_log.Store, _log.Queue, _log.Loader, _log.Queries, _log.Types, null!, _log.Due, _log.Options);
        var log = new StreamLog<Tally, IEvent>(Stream, services, format: null, () => new Tally(), Tally.Apply);
        var records = new DecisionRecords(new Failures(Stream, NullLogger.Instance), keepRejectedPayloads: true);
        _loop = new(
            log, _decider, records, new Nothing(), new RecentOutcomes(10, new OutcomeBudget(10_000)),
            new LoopLimits(200, 1_000, 3, TimeSpan.Zero), new DecisionWatch(TimeProvider.System), TimeProvider.System, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task commands_are_decided_in_order_committed_and_answered_once()
    {
        var works = Enumerable.Range(1, 4).Select(number => Work(number, "")).ToList();
        var outcomes = await RunAsync(works);
        var repeat = Assert.Single(await RunAsync([Work(2, "", works[1].Message.CommandId)]));

        Assert.Equal([(0, 1), (1, 2), (2, 3), (3, 4)], outcomes.Select(outcome => (outcome.VersionBefore, outcome.VersionAfter)));
        Assert.Equal(outcomes[1] with { Repeated = true }, repeat);
        Assert.Equal("1,2,3,4", await EventLog.ScalarAsync<string>(_log.Database, "select string_agg(data->>'amount', ',' order by version) from phoenix.mt_events"));
    }

    [Fact]
    public async Task a_commit_is_bounded_by_bytes()
    {
        await RunAsync([.. Enumerable.Range(1, 6).Select(number => Work(number, new string('x', 600)))]);

        Assert.Equal(3, await EventLog.ScalarAsync<long>(_log.Database, "select count(distinct recorded_at) from phoenix.phoenix_ledger"));
    }

    [Theory]
    [InlineData("a\0b", true)]
    [InlineData(Tally.Unbearable, false)]
    public async Task a_poison_event_costs_the_state_only_if_it_touched_it(string text, bool isKept)
    {
        await RunAsync([Work(1, "")]);
        var before = _decider.Seen;
        Assert.Equal(ErrorCodes.HandlerFailed, (await Assert.ThrowsAsync<CommandFailedException>(() => RunAsync([Work(2, text)]))).Code);
        await RunAsync([Work(3, "")]);

        Assert.Equal(isKept, ReferenceEquals(before, _decider.Seen));
        Assert.Equal(4, _decider.Seen!.Sum);
    }

    private Task<Outcome[]> RunAsync(List<CommandWork> works) => Task.Factory.StartNew(
        () =>
        {
            var outcomes = works.ConvertAll(work => _loop.Enqueue(work));
            _loop.Start();
            return Task.WhenAll(outcomes);
        },
        TestContext.Current.CancellationToken, TaskCreationOptions.DenyChildAttach, _turns).Unwrap();

    private static CommandWork Work(int amount, string text, string? id = null)
    {
        var message = new CommandMessage { CommandId = id ?? Guid.NewGuid().ToString(), Name = "tests.tally", Payload = default };
        return new(message, CommandIdentity.Of(message.CommandId), new Added(amount, text), [(byte)amount]);
    }

    private sealed class Tally
    {
        public const string Unbearable = "unbearable";

        public int Sum { get; private set; }

        public static void Apply(Tally tally, IEvent @event)
        {
            var added = (Added)@event;
            tally.Sum += added.Amount;
            if (added.Text == Unbearable) throw new InvalidOperationException("Not this one.");
        }
    }

    private sealed class Nothing : IFollowings
    {
        public IReadOnlyList<FollowingChange>? Of(CommandWork work, Decision decision) => null;

        public void Committed(DueChanges changes)
        {
        }
    }

    private sealed class TallyDecider : IDecider<Tally>
    {
        public Tally? Seen { get; private set; }

        public ValueTask<Decision> DecideAsync(CommandWork work, Tally state, long version, DateTimeOffset now, Action? onWaiting)
        {
            Seen = state;
            return new(Decision.Accepted([(Added)work.Command], reply: null));
        }

        public QueryAnswer Answer(QueryWork work, Tally state, long version) => new(version, $"{state.Sum}");
    }
}
