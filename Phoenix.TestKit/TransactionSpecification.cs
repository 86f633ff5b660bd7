using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.TestKit;

/// <summary>
/// A transaction in memory: it is started, its steps are answered in any order, time moves, and it is said what must be asked next and how
/// it must end.
/// <code>
/// TransactionSpecification.For&lt;MoneyTransfer&gt;()
///     .Start(new Transfer("ann", "bob", 5))
///     .ThenAsks("withdraw", new Withdraw(5)).Accepts("withdraw", 95m)
///     .ThenAsks("deposit", new Deposit(5)).Rejects("deposit", "closed")
///     .ThenUndoes("withdraw", new Deposit(5)).Accepts("withdraw")
///     .ThenCompensated("closed");
/// </code>
/// </summary>
public static class TransactionSpecification
{
    /// <summary>Starts a specification of a saga.</summary>
    /// <exception cref="ModelException">The saga would not pass the checks of a host; the message lists all mistakes.</exception>
    public static TransactionSpecification<TSaga> For<TSaga>() where TSaga : Saga, new()
    {
        var problems = new List<string>();
        var contract = AggregateContract.ArgumentOf(typeof(TSaga), typeof(Saga<>))!;
        var model = SagaScan.TryRead(contract, [typeof(TSaga)], problems) ?? throw ModelProblems.AsException(problems);
        return new(model.Saga!.Newest);
    }
}

/// <summary>One transaction under test. Each step changes it and returns it.</summary>
/// <typeparam name="TSaga">The saga.</typeparam>
public sealed class TransactionSpecification<TSaga> where TSaga : Saga, new()
{
    private readonly SagaDefinition _definition;
    private DateTimeOffset _now;
    private readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<IEvent> _facts = [];
    private Func<Plan>? _plan;
    private SagaRun? _run;
    private IReadOnlyList<StepCall> _calls = [];

    internal TransactionSpecification(SagaDefinition definition) => (_definition, _now) = (definition, _start);

    private SagaRun Run => _run ?? throw new SpecificationException("The transaction was not started. Say Start(...) first.");

    /// <summary>Starts it. The command goes through JSON.</summary>
    /// <exception cref="SpecificationException">The saga does not take the command, or its plan cannot be; the message says
    /// why.</exception>
    public TransactionSpecification<TSaga> Start<TContract>(ICommand<TContract> start) where TContract : ITransactionGrain
    {
        ArgumentNullException.ThrowIfNull(start);
        var name = LogicalNames.Of(start.GetType());
        if (!_definition.Starts.ContainsKey(name))
            throw new SpecificationException($"{typeof(TSaga)} has no public Handle({start.GetType().Name} start).");
        try
        {
            _plan = () => _definition.PlanOf(name, RoundTrip.Of((object)start, PhoenixJson.Message, "The command"));
            var plan = _plan();
            _run = new(plan, "transaction/1", _start);
            if (_plan().Fingerprint() != plan.Fingerprint()) throw ChoseOtherwise("the start", null);
        }
        catch (ModelException exception)
        {
            throw new SpecificationException($"{Text.Of(start)} makes no plan: {exception.Message}", exception);
        }

        return Settle();
    }

    /// <summary>The aggregate does what the step, its confirm, or its undo or cancel asks.</summary>
    /// <param name="step">The step's name.</param>
    /// <param name="reply">What it replies, or null.</param>
    public TransactionSpecification<TSaga> Accepts(string step, object? reply = null) =>
        Answer(step, new StepAnswer.Accepted(reply is null ? null : JsonSerializer.Serialize(reply, reply.GetType(), PhoenixJson.Reply)));

    /// <summary>
    /// The aggregate, of another service, does what the step asks, and its reply does not fit the topic of answers.
    /// </summary>
    public TransactionSpecification<TSaga> AcceptsWithReplyLeftOut(string step) =>
        Answer(step, new StepAnswer.Accepted(null, IsReplyLeftOut: true));

    /// <summary>The aggregate says no.</summary>
    public TransactionSpecification<TSaga> Rejects(string step, string code, string message = "No.") => Answer(step, new StepAnswer.Rejected(code, message));

    /// <summary>The aggregate gives a faulty answer, such as <c>handler-failed</c>: nothing is recorded, the same is asked again.</summary>
    public TransactionSpecification<TSaga> Fails(string step, string code = ErrorCodes.HandlerFailed) => Answer(step, new StepAnswer.Failed(code, "Out of order."));

    /// <summary>The aggregate had not decided the step, and now never will.</summary>
    public TransactionSpecification<TSaga> Closes(string step) => Answer(step, new StepAnswer.Closed());

    /// <summary>Lets time pass.</summary>
    public TransactionSpecification<TSaga> Advance(TimeSpan time)
    {
        _now += time;
        return Settle();
    }

    /// <summary>An operator turns it back.</summary>
    public TransactionSpecification<TSaga> TurnBack(string reason = "An operator said so.") => Keep(new TransactionTurnedBack(reason));

    /// <summary>An operator sets it going again.</summary>
    public TransactionSpecification<TSaga> Resume() => Keep(new TransactionResumed());

    /// <summary>An operator goes on without a step, or without its undo, confirm or cancel.</summary>
    /// <exception cref="SpecificationException">It may not be skipped; the message says why.</exception>
    public TransactionSpecification<TSaga> Skip(string step, StepPhase phase, string reason = "An operator said so.") => Run.WhyNotSkip(step, phase) is { } problem
        ? throw new SpecificationException($"'{step}' cannot be skipped: {problem}.{Found()}")
        : Keep(new StepSkipped(step, phase, reason));

    /// <summary>The step is being asked.</summary>
    /// <param name="step">The step's name.</param>
    /// <param name="command">What it is asked, compared as JSON; null for whatever.</param>
    /// <exception cref="SpecificationException">It is not.</exception>
    public TransactionSpecification<TSaga> ThenAsks(string step, object? command = null) => ThenCalls(step, StepPhase.Do, isClose: false, command, $"'{step}' is asked");

    /// <summary>The step is being asked, at another service.</summary>
    /// <param name="service">The service.</param>
    /// <param name="step">The step's name.</param>
    /// <param name="command">What it is asked, compared as JSON; null for whatever.</param>
    /// <exception cref="SpecificationException">It is not, or its aggregate is said to be of no other service, or of another one.</exception>
    public TransactionSpecification<TSaga> ThenAsksAt(string service, string step, object? command = null) =>
        ThenAsks(step, command)._calls.First(call => call.Step == step).Service == service ? this
        : throw Error($"'{step}' is asked at the service '{service}'");

    /// <summary>The step is being taken back.</summary>
    /// <exception cref="SpecificationException">It is not.</exception>
    public TransactionSpecification<TSaga> ThenUndoes(string step, object? command = null) => ThenCalls(step, StepPhase.Undo, isClose: false, command, $"'{step}' is taken back");

    /// <summary>What the step tried is being made final.</summary>
    /// <exception cref="SpecificationException">It is not.</exception>
    public TransactionSpecification<TSaga> ThenConfirms(string step, object? command = null) =>
        ThenCalls(step, StepPhase.Confirm, isClose: false, command, $"'{step}' is confirmed");

    /// <summary>What the step tried is being given back.</summary>
    /// <exception cref="SpecificationException">It is not.</exception>
    public TransactionSpecification<TSaga> ThenCancels(string step, object? command = null) =>
        ThenCalls(step, StepPhase.Cancel, isClose: false, command, $"'{step}' is cancelled");

    /// <summary>The step is being closed, or what of it was skipped: it has not answered, and must not take effect any more.</summary>
    /// <exception cref="SpecificationException">It is not.</exception>
    public TransactionSpecification<TSaga> ThenCloses(string step) => ThenCalls(step, null, isClose: true, null, $"'{step}' is closed");

    /// <summary>Nothing is asked now.</summary>
    /// <exception cref="SpecificationException">Something is.</exception>
    public TransactionSpecification<TSaga> ThenAsksNothing() => _calls.Count == 0 ? this : throw Error("nothing is asked");

    /// <summary>
    /// What those are told who asked for the reply at the end, as <c>IPhoenixClient.RunAsync</c> gives it; null while it has not ended.
    /// </summary>
    public TransactionStatus? Reply => Run.Ended is not { } end ? null : new()
    {
        State = end.Completed ? TransactionState.Completed : TransactionState.Compensated,
        StartedAt = _start,
        Code = end.Code,
        Message = end.Message,
        ReplyJson = end.Reply,
    };

    /// <summary>It has ended, and everything was done.</summary>
    /// <exception cref="SpecificationException">It has not.</exception>
    public TransactionSpecification<TSaga> ThenCompleted() => Run.Ended is { Completed: true } ? this : throw Error("it is completed");

    /// <summary>It has ended, everything was done, and the reply is this value; compared as JSON.</summary>
    /// <exception cref="SpecificationException">It is not.</exception>
    public TransactionSpecification<TSaga> ThenCompleted<TReply>(TReply reply)
    {
        ThenCompleted();
        var found = Run.Ended!.Reply is { } json ? JsonDocument.Parse(json).RootElement : Text.AsElement(null);
        return JsonDifference.Between(Text.AsElement(reply), found, "reply").Count == 0 ? this : throw Error($"the reply {Text.JsonOf(reply)}");
    }

    /// <summary>It has ended, and everything that was done is undone.</summary>
    /// <param name="code">The code of the step that failed; null for any.</param>
    /// <exception cref="SpecificationException">It has not.</exception>
    public TransactionSpecification<TSaga> ThenCompensated(string? code = null) => Run.Ended is { Completed: false } ended && (code is null || ended.Code == code)
        ? this
        : throw Error($"it is compensated{(code is null ? "" : $" because of {code}")}");

    /// <summary>It cannot go on by itself.</summary>
    /// <exception cref="SpecificationException">It can.</exception>
    public TransactionSpecification<TSaga> ThenNeedsAttention(string? code = null) => Run.Attention is { } attention && (code is null || attention.Code == code)
        ? this
        : throw Error($"it needs attention{(code is null ? "" : $" because of {code}")}");

    private TransactionSpecification<TSaga> ThenCalls(string step, StepPhase? phase, bool isClose, object? command, string expectation)
    {
        var call = _calls.FirstOrDefault(call => call.Step == step && (phase is null || call.Phase == phase) && call.IsClose == isClose);
        if (call is null) throw Error(expectation);
        if (command is not null && (call.Command!.GetType() != command.GetType() || JsonDifference.Between(Text.AsElement(command), Text.AsElement(call.Command)).Count > 0))
            throw Error($"{expectation} with {Text.Of(command)}");
        return this;
    }

    private TransactionSpecification<TSaga> Answer(string step, StepAnswer answer)
    {
        var call = _calls.FirstOrDefault(call => call.Step == step) ?? throw Error($"'{step}' is asked, so that it can answer");
        Run.Learn(call, answer, _now);
        return Settle();
    }

    private TransactionSpecification<TSaga> Keep(IEvent fact)
    {
        Store(fact);
        return Settle();
    }

    private void Store(IEvent fact)
    {
        _facts.Add(fact);
        Run.Apply(fact);
        if (fact is not StepAnswered answered) return;
        // As after a crash: a new object is told the same, and must choose the same.
        var replayed = new SagaRun(_plan!(), "transaction/1", _start);
        foreach (var stored in _facts) replayed.Apply(stored);
        if (replayed.Unknown is { } unknown) throw ChoseOtherwise($"'{answered.Step}'", unknown.Cause);
    }

    private static SpecificationException ChoseOtherwise(string when, Exception? cause) => new(
        $"{typeof(TSaga)} chose otherwise at {when} when it was told the same again: what it chooses must follow from the start and the "
        + "outcomes alone, not from a clock, random numbers or static fields.",
        cause);

    private TransactionSpecification<TSaga> Settle()
    {
        while (true)
        {
            var wanted = Run.Next(_now);
            if (wanted.Cause is { } cause)
                throw new SpecificationException($"A function of {typeof(TSaga)} failed: {cause.Message}", cause);
            if ((wanted.Store ?? wanted.End) is not { } fact)
            {
                _calls = wanted.Calls;
                foreach (var call in _calls.Where(call => call.Command is not null)) RoundTrip.Of(call.Command!, PhoenixJson.Message, $"The command of '{call.Step}'");
                return this;
            }

            Store(fact);
        }
    }

    private SpecificationException Error(string expectation) => new($"Expected: {expectation}{Found()}");

    private string Found()
    {
        var state = this switch
        {
            { Run.Ended: { } ended } => ended.Completed ? $"it is completed, reply {ended.Reply ?? "none"}" : $"it is compensated because of {ended.Code}: {ended.Message}",
            { Run.Attention: { } attention } => $"it needs attention because of {attention.Code}: {attention.Message}",
            _ when _calls.Count == 0 => "nothing is asked now; move time on with Advance(...)",
            _ => string.Concat(_calls.Select(Shown)),
        };
        return $"\nFound: {state}\nSteps: {string.Join(", ", Run.Steps.Select(step => $"{step.Name} {step.State}"))}";
    }

    private static string Shown(StepCall call) =>
        $"\n  {(call.IsClose ? "close" : call.Phase == StepPhase.Do ? "ask" : call.Phase.ToString().ToLowerInvariant())} '{call.Step}' at {(call.Service is { } service ? $"{service}: " : "")}{call.Aggregate}/{call.AggregateId}{(call.Command is null ? "" : $": {Text.Of(call.Command)}")}";
}
