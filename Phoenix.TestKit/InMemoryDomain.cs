using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.TestKit;

/// <summary>
/// The aggregates and transactions of a domain together, in memory, under a clock that stands until it is moved: what is sent arrives, what
/// is due is delivered, transactions take their steps. What is lost on the way, and in which order things come, the test decides.
/// <code>
/// var shop = InMemoryDomain.Of(typeof(Account).Assembly);
/// shop.Execute("ann", new OpenAccount("Ann", 100));
/// shop.Execute("bob", new OpenAccount("Bob", 0));
/// shop.Execute("t-1", new Transfer("ann", "bob", 5));
/// // shop.Transaction&lt;ITransferGrain&gt;("t-1").State is Completed
/// </code>
/// </summary>
/// <remarks>
/// Events, commands, replies and states go through JSON as in a host. Subscriptions, publications and read models are not part of it.
/// </remarks>
public sealed class InMemoryDomain
{
    // More than this at one moment is a circle: what follows never ends.
    private const int MostAtOnce = 100_000;

    private readonly DomainModel _domain;
    private readonly Dictionary<string, Scenario> _aggregates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<IEvent>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Stream, string Id), StepAnswer> _ledger = [];
    private readonly SortedDictionary<string, InMemoryTransaction> _transactions = new(StringComparer.Ordinal);
    private readonly List<Action> _pending = [];
    private readonly StartLimits _limits;
    private ImmutableDictionary<Type, object> _services = ImmutableDictionary<Type, object>.Empty;
    private Func<StepSent, StepFate> _meets = static _ => StepFate.Arrives;
    private Random? _order;
    private int _commands;

    private InMemoryDomain(DomainModel domain) => (_domain, _limits) = (domain, new(_transactions));

    /// <summary>The time. It begins at 2026-01-01 00:00 UTC.</summary>
    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A domain in which nothing has happened.</summary>
    /// <param name="assemblies">Those that hold the rules.</param>
    /// <exception cref="ModelException">A host would not start with it; the message lists all mistakes.</exception>
    public static InMemoryDomain Of(params IReadOnlyCollection<Assembly> assemblies) => new(DomainModel.Of(assemblies));

    /// <summary>A service that handlers take as a parameter. A <see cref="TimeProvider"/> that shows the domain's time is there.</summary>
    public InMemoryDomain With<TService>(TService service) where TService : class
    {
        ArgumentNullException.ThrowIfNull(service);
        _services = _services.SetItem(typeof(TService), service);
        return this;
    }

    /// <summary>
    /// What is under way at the same time happens in an order of chance, the same for the same number. Default: in the order in which it
    /// began.
    /// </summary>
    public InMemoryDomain InOrderOf(int seed)
    {
        _order = new(seed);
        return this;
    }

    /// <summary>Says what becomes of each command that a transaction sends to an aggregate. Default: all arrive.</summary>
    public InMemoryDomain Meets(Func<StepSent, StepFate> fate)
    {
        ArgumentNullException.ThrowIfNull(fate);
        _meets = fate;
        return this;
    }

    /// <summary>
    /// At most so many transactions of a kind are under way, as with <c>Phoenix:Transactions:MaxUnderWayOf</c> on a host. A start beyond is
    /// refused; one that a decision sends comes again when there is room, and a step of another transaction is always taken.
    /// </summary>
    public InMemoryDomain AtMost<TContract>(int limit) where TContract : ITransactionGrain
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _limits.Set(ModelOf(ContractNames.Of(typeof(TContract))).Name, limit);
        return this;
    }

    /// <summary>
    /// Sends a command to an aggregate, or starts a transaction, and lets everything happen that follows now.
    /// </summary>
    /// <exception cref="SpecificationException">A handler failed, or something does not survive JSON.</exception>
    /// <exception cref="BusyException">The start of a transaction that <see cref="AtMost"/> does not let in; it had no effect.</exception>
    public Outcome Execute<TContract>(string id, ICommand<TContract> command) where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(command);
        var outcome = Send(ContractNames.Of(typeof(TContract)), id, command, null);
        Settle();
        return outcome;
    }

    /// <summary>
    /// Starts a transaction and asks for its reply when it has ended, as <c>IPhoenixClient.RunAsync</c> does; it comes whatever is lost or
    /// crashes meanwhile. Move time on where it does not end at once.
    /// </summary>
    /// <param name="id">The transaction's id.</param>
    /// <param name="start">The command.</param>
    /// <param name="commandId">Its id: the same once more waits for the same end. Null for a new one.</param>
    /// <returns>How it ended, without its steps; <see cref="TransactionState.NotStarted"/>, with the code, when the start was
    /// rejected.</returns>
    /// <exception cref="SpecificationException">A handler failed, or something does not survive JSON.</exception>
    /// <exception cref="BusyException">The start is one that <see cref="AtMost"/> does not let in; it had no effect.</exception>
    public Task<TransactionStatus> Run<TContract>(string id, ICommand<TContract> start, string? commandId = null)
        where TContract : ITransactionGrain
    {
        ArgumentNullException.ThrowIfNull(start);
        var kind = ContractNames.Of(typeof(TContract));
        var outcome = Send(kind, id, start, commandId);
        Settle();
        return outcome.IsAccepted
            ? _transactions[$"{kind}/{id}"].End
            : Task.FromResult(new TransactionStatus
            {
                State = TransactionState.NotStarted, Code = outcome.Code, Message = outcome.Message,
            });
    }

    /// <summary>Asks an aggregate.</summary>
    /// <exception cref="SpecificationException">A handler failed, or something does not survive JSON.</exception>
    public TAnswer Query<TContract, TAnswer>(string id, IQuery<TContract, TAnswer> query) where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(query);
        return Rehearsal.Answer<TAnswer>(ScenarioOf(ContractNames.Of(typeof(TContract)), id), query);
    }

    /// <summary>The events of an aggregate, in order.</summary>
    public IReadOnlyList<IEvent> Events<TContract>(string id) where TContract : IAggregateGrain =>
        _events.TryGetValue($"{ContractNames.Of(typeof(TContract))}/{id}", out var events) ? [.. events] : [];

    /// <summary>How a transaction stands.</summary>
    public TransactionStatus Transaction<TContract>(string id) where TContract : ITransactionGrain =>
        _transactions.TryGetValue($"{ContractNames.Of(typeof(TContract))}/{id}", out var transaction)
            ? transaction.Status
            : new() { State = TransactionState.NotStarted };

    /// <summary>Lets time pass: everything that is due by then happens at its time.</summary>
    /// <exception cref="SpecificationException">A handler failed.</exception>
    public InMemoryDomain Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var until = Now + time;
        while (NextTime() is { } next && next <= until)
        {
            Now = next > Now ? next : Now;
            DeliverTimers();
            Settle();
        }

        Now = until;
        Settle();
        return this;
    }

    /// <summary>
    /// All coordinators are lost, with everything that is not stored and what they have under way, and begin again.
    /// </summary>
    public InMemoryDomain Crash()
    {
        _pending.Clear();
        foreach (var transaction in _transactions.Values) transaction.Forget();
        Settle();
        return this;
    }

    private Outcome Send(string kind, string id, object command, string? commandId, bool isStep = false)
    {
        if (AggregateId.Problem(id) is { } problem) throw new SpecificationException(problem);
        var model = ModelOf(kind);
        commandId ??= $"command-{++_commands}";
        if (model.Saga is not { } saga) return Decide(kind, id, command, commandId);
        if (!isStep) _limits.Admit(kind, $"{kind}/{id}");
        return Start(kind, id, saga, command, commandId);
    }

    private Outcome Decide(string kind, string id, object command, string commandId)
    {
        var decided = Rehearsal.Decide(ScenarioOf(kind, id), command, new CommandOptions { CommandId = commandId });
        if (decided.Failure is not null) throw decided.Error("it is accepted or rejected");
        return Keep($"{kind}/{id}", decided, commandId);
    }

    private Outcome Keep(string stream, DecidedCommand decided, string commandId)
    {
        _aggregates[stream] = decided.After;
        if (!_events.TryGetValue(stream, out var events)) _events[stream] = events = [];
        events.AddRange(decided.Events);
        foreach (var send in decided.Decision!.Followings.OfType<SendCommand>()) _pending.Add(() => Deliver(stream, send));
        return OutcomeOf(decided.Decision, commandId, decided.Before.Version, decided.After.Version);
    }

    private static Outcome OutcomeOf(Decision decision, string commandId, long before, long after) => new()
    {
        CommandId = commandId,
        Status = decision.Rejection is null ? OutcomeStatus.Accepted : OutcomeStatus.Rejected,
        VersionBefore = before,
        VersionAfter = after,
        Code = decision.Rejection?.Code,
        Message = decision.Rejection?.Message,
        ReplyJson = JsonOf(decision.Reply),
    };

    private void Deliver(string owner, SendCommand send)
    {
        Outcome outcome;
        try
        {
            outcome = Send(send.Aggregate, send.Id, send.Command, null);
        }
        catch (BusyException)
        {
            _limits.Wait(send.Aggregate, () => Deliver(owner, send));
            return;
        }

        if (outcome.IsAccepted || send.IfRejected is not { } told) return;
        var slash = owner.IndexOf('/', StringComparison.Ordinal);
        var model = ModelOf(owner[..slash]);
        var definition = model.Commands[LogicalNames.Of(told.GetType())];
        var payload = JsonSerializer.Serialize(told, told.GetType(), PhoenixJson.Message);
        var json = ToldRejection.In(definition.Type, payload, new(outcome.Code!, outcome.Message!));
        var command = JsonSerializer.Deserialize(json, definition.Type, PhoenixJson.Message)!;
        Decide(owner[..slash], owner[(slash + 1)..], command, $"command-{++_commands}");
    }

    private Outcome Start(string kind, string id, SagaDefinitions saga, object command, string commandId)
    {
        var stream = $"{kind}/{id}";
        if (_transactions.TryGetValue(stream, out var there))
        {
            return OutcomeOf(there.StartId == commandId ? Decision.Accepted([], reply: null) : SagaScan.AlreadyStarted, commandId, 1, 1);
        }

        var name = LogicalNames.Of(command.GetType());
        var sent = RoundTrip.Of(command, PhoenixJson.Message, "The command");
        try
        {
            _transactions.Add(stream, new(stream, () => saga.NewPlan(name, sent), Now) { StartId = commandId });
        }
        catch (ModelException exception)
        {
            throw new SpecificationException($"{Text.Of(command)} makes no plan: {exception.Message}", exception);
        }

        return OutcomeOf(Decision.Accepted([], reply: null), commandId, before: 0, after: 1);
    }

    /// <summary>Lets everything happen that is to happen now.</summary>
    private void Settle()
    {
        for (var done = 0; ; done++)
        {
            if (done > MostAtOnce)
                throw new SpecificationException($"The domain does not come to rest: {MostAtOnce:N0} things followed at one moment.");
            foreach (var transaction in _transactions.Values)
            {
                foreach (var call in transaction.Turn(Now)) _pending.Add(() => Call(transaction, call));
            }

            if (_pending.Count == 0 && _limits.Next() is { } start) _pending.Add(start);
            if (_pending.Count == 0) return;
            var at = _order?.Next(_pending.Count) ?? 0;
            var next = _pending[at];
            _pending.RemoveAt(at);
            next();
        }
    }

    private void Call(InMemoryTransaction transaction, StepCall call)
    {
        var fate = _meets(new(transaction.Stream, call.Step, call.Phase, call.IsClose, call.Aggregate, call.AggregateId, call.Command));
        var answer = fate == StepFate.IsLost ? null : AnswerOf(call);
        transaction.Learn(call, fate == StepFate.Arrives ? answer : null, Now);
    }

    private StepAnswer AnswerOf(StepCall call)
    {
        var stream = $"{call.Aggregate}/{call.AggregateId}";
        if (_ledger.TryGetValue((stream, call.CommandId), out var known)) return known;
        if (call.Command is null) return _ledger[(stream, call.CommandId)] = new StepAnswer.Closed();
        if (ModelOf(call.Aggregate).Saga is not null)
        {
            var started = Send(call.Aggregate, call.AggregateId, call.Command, call.CommandId, isStep: true);
            return _ledger[(stream, call.CommandId)] = Recorded(started);
        }

        var scenario = ScenarioOf(call.Aggregate, call.AggregateId);
        var decided = Rehearsal.Decide(scenario, call.Command, new CommandOptions { CommandId = call.CommandId });
        // As in a host: not recorded, and asked again.
        if (decided.Failure is { } failure) return new StepAnswer.Failed(ErrorCodes.HandlerFailed, failure.Message);
        return _ledger[(stream, call.CommandId)] = Recorded(Keep(stream, decided, call.CommandId));
    }

    private static StepAnswer Recorded(Outcome outcome) => outcome.IsAccepted
        ? new StepAnswer.Accepted(outcome.ReplyJson)
        : new StepAnswer.Rejected(outcome.Code!, outcome.Message!);

    private DateTimeOffset? NextTime()
    {
        var timers = _aggregates.Values.SelectMany(scenario => scenario.Timers.Values).Select(timer => (DateTimeOffset?)timer.Due);
        var turns = _transactions.Values.Select(transaction => transaction.AskAgain);
        return timers.Concat(turns).Min();
    }

    private void DeliverTimers()
    {
        foreach (var (stream, scenario) in _aggregates.Where(one => one.Value.Timers.Values.Any(timer => timer.Due <= Now)).ToList())
        {
            var delivered = new List<DecidedCommand>();
            Timers.MoveOn(scenario, Now, delivered);
            foreach (var one in delivered) Keep(stream, one, $"command-{++_commands}");
        }
    }

    private Scenario ScenarioOf(string kind, string id)
    {
        var scenario = _aggregates.GetValueOrDefault($"{kind}/{id}") ?? Scenario.Of(ModelOf(kind)) with { AggregateId = id };
        return scenario with { Now = Now, Services = _services };
    }

    private AggregateModel ModelOf(string kind) => _domain.Aggregates.TryGetValue(kind, out var model)
        ? model
        : throw new SpecificationException($"There is no '{kind}' in this domain. There are: {string.Join(", ", _domain.Aggregates.Keys.Order())}.");

    private static string? JsonOf(object? reply) => reply is null ? null : JsonSerializer.Serialize(reply, reply.GetType(), PhoenixJson.Reply);
}
