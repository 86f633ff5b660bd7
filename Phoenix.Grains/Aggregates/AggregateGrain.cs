using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.EventSourcing;
using Orleans.Placement;
using Orleans.Providers;
using Phoenix.Deciding;
using Phoenix.Dispatch;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Intake;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Aggregates;

/// <summary>
/// The grain of one kind of aggregate; a domain declares it in one line:
/// <c>public sealed class AccountGrain : AggregateGrain&lt;Account&gt;, IAccountGrain;</c>
/// Its grain type is the aggregate's logical name, its key the aggregate's id, its stream <c>{aggregate}/{id}</c>.
/// </summary>
/// <typeparam name="TAggregate">The aggregate's rules. The grain class implements their contract; this is checked at start.</typeparam>
[Reentrant]
[ActivationCountBasedPlacement]
[LogConsistencyProvider(ProviderName = EventStoreSiloBuilderExtensions.DefaultName)]
[CommandStreamBinding]
public abstract partial class AggregateGrain<TAggregate> :
    JournaledGrain<TAggregate, IEvent>, IAggregateGrain, ICommandLogHost<TAggregate, IEvent>, ISnapshotFormat
    where TAggregate : Aggregate, new()
{
    private AggregateModel _model = null!;
    private ICommandLog<TAggregate, IEvent> _log = null!;
    private Decider _decider = null!;
    private DecisionRecords _records = null!;
    private Failures _failures = null!;
    private RecentOutcomes? _recent;
    private DecisionLoop<TAggregate> _loop = null!;
    private Admission _admission = null!;
    private TimeProvider _time = null!;
    private ILogger _logger = null!;
    private string _id = null!;
    private IAfterCommit? _afterCommit;

    SnapshotFormat ISnapshotFormat.SnapshotFormat => new(Model.SnapshotVersion, Model.SnapshotFingerprint);

    private protected AggregateModel Model => _model ??= ServiceProvider.GetRequiredService<DomainModel>().Of(typeof(TAggregate));

    /// <summary>Hidden: state is decided upon by the aggregate's own methods only.</summary>
    private new TAggregate State => throw new NotSupportedException("An aggregate's state is looked at by its Handle and Answer methods.");

    /// <summary>Hidden, like <see cref="State"/>.</summary>
    private new TAggregate TentativeState => State;

    void ICommandLogHost<TAggregate, IEvent>.UseCommandLog(ICommandLog<TAggregate, IEvent> log)
    {
        _log = log;
        _id = this.GetPrimaryKeyString();
        _admission = ServiceProvider.GetRequiredService<Admission>();
        _time = ServiceProvider.GetRequiredService<TimeProvider>();
        var options = ServiceProvider.GetRequiredService<AggregateOptions>();
        _logger = ServiceProvider.GetRequiredService<ILogger<AggregateGrain<TAggregate>>>();
        _failures = new Failures(log.StreamId, _logger);
        _decider = new Decider(Model, _id, ServiceProvider, options, _time, _failures);
        _records = new DecisionRecords(_failures, options.KeepRejectedPayloads);
        _recent = new RecentOutcomes(options.RecentOutcomes, ServiceProvider.GetRequiredService<OutcomeBudget>());
        var watch = ServiceProvider.GetRequiredService<DecisionWatch>();
        _loop = new DecisionLoop<TAggregate>(log, _decider, _records, FollowingsOf(log.StreamId), _recent, options.Loop, watch, _time, _logger);
        _afterCommit = AfterCommit(new(log, _loop, ServiceProvider, _time, _logger));
        _loop.Committed = _afterCommit is null ? null : _afterCommit.Committed;
        Enter();
    }

    /// <inheritdoc />
    public sealed override Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    protected sealed override void TransitionState(TAggregate state, IEvent @event) => Model.Apply(state, @event);

    /// <inheritdoc />
    public Task<Outcome> Execute(CommandMessage command)
    {
        Begin();
        // Steps and timers are bounded where they come from, and what is under way would never end behind what comes new.
        var admission = command is { Step: null, Timer: null } ? _admission : null;
        var outcome = Enqueue(MessageDecoder.Command(Model, command, _failures), admission);
        _loop.Start();
        return outcome;
    }

    /// <inheritdoc />
    public Task<QueryAnswer> Query(QueryMessage query)
    {
        Begin();
        var answer = _loop.Enqueue(MessageDecoder.Query(Model, query, _failures), _admission);
        _loop.Start();
        return answer;
    }

    /// <inheritdoc />
    public async Task<HistoryPage> History(long after = 0, int limit = 100)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        Begin();
        return await Reading(async () =>
        {
            var page = await _log.EventsAsync(after, limit);
            var evolution = ServiceProvider.GetRequiredService<DomainModel>().Evolution;
            return new HistoryPage([.. page.Events.Select(stored => Histories.Of(stored, evolution))], page.More ? page.Events[^1].Version : null);
        });
    }

    /// <inheritdoc />
    public async Task<StateView> StateAt(Moment moment)
    {
        Begin();
        return await Reading(async () =>
        {
            var (state, version) = await StateAsync(moment);
            return new StateView(version, _log.ToJson(state));
        });
    }

    /// <inheritdoc />
    public async Task<TrialResult> Trial(CommandMessage command, Moment moment)
    {
        Begin();
        var work = MessageDecoder.Command(Model, command, _failures);
        if (work.Refusal is { } refusal) throw refusal;
        return await Reading(async () =>
        {
            var (state, version) = await StateAsync(moment);
            var now = moment.Time ?? _time.GetUtcNow();
            var decision = await _decider.DecideAsync(work, state, version, now, onWaiting: null);
            foreach (var @event in decision.Events) Model.Apply(state, AsStored(@event));
            var outcome = Outcomes.Of(_records.Of(work, decision, version), repeated: false);
            return new TrialResult(outcome, Histories.Of(decision.Events, work.Message, version, now), new(outcome.VersionAfter, _log.ToJson(state)));
        });
    }

    private Followings FollowingsOf(string stream) => new(
        Model, stream, ServiceProvider.GetRequiredService<DomainModel>(), ServiceProvider.GetRequiredService<DueSends>(), ServiceProvider.GetRequiredService<DueOptions>(), _failures);

    /// <summary>Queues a command for the loop, which the caller sets going.</summary>
    /// <param name="work">The command.</param>
    /// <param name="admission">Bounds what waits; null for commands that are bounded where they come from.</param>
    private protected virtual Task<Outcome> Enqueue(CommandWork work, Admission? admission) => _loop.Enqueue(work, admission);

    /// <summary>What goes on by itself after commits; null for an aggregate that only answers.</summary>
    private protected virtual IAfterCommit? AfterCommit(Coordinated<TAggregate> parts) => null;

    private object AsStored(IEvent @event) => ServiceProvider.GetRequiredService<DomainModel>().ReadBack.Of(
        @event, JsonSerializer.Serialize(@event, @event.GetType(), PhoenixJson.State));

    private async Task<(TAggregate State, long Version)> StateAsync(Moment moment) => moment switch
    {
        { Version: { } version } => await _log.StateAtAsync(version, DateTimeOffset.MaxValue),
        { Time: { } time } => await _log.StateAtAsync(long.MaxValue, time),
        _ => await _log.LatestStateAsync(),
    };

    private async Task<T> Reading<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception exception)
        {
            if (exception is LogBrokenException) Errors.LogBroken(_logger, exception, _log.StreamId);
            throw Errors.ForCaller(exception, _log.StreamId, _logger);
        }
    }

    private void Begin()
    {
        Use();
        if (AggregateId.Problem(_id) is { } problem) throw new CommandFailedException(ErrorCodes.Undecodable, problem);
    }
}
