using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.TestKit;

/// <summary>A transaction of a domain in memory: what a host stores of it, and what its coordinator knows.</summary>
internal sealed class InMemoryTransaction
{
    private readonly Func<Plan> _plan;
    private readonly DateTimeOffset _start;
    private readonly List<IEvent> _facts = [];
    private readonly HashSet<(string Step, StepPhase Phase, int Round, bool IsClose)> _underWay = [];
    private readonly Dictionary<(string Step, StepPhase Phase), int> _silences = [];
    private readonly TaskCompletionSource<TransactionStatus> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SagaRun _run;

    /// <exception cref="ModelException">The plan cannot be.</exception>
    public InMemoryTransaction(string stream, Func<Plan> plan, DateTimeOffset start)
    {
        (Stream, _plan, _start) = (stream, plan, start);
        _run = new(plan(), stream, start);
    }

    public string Stream { get; }

    /// <summary>The id of the command that started it.</summary>
    public required string StartId { get; init; }

    /// <summary>What those are told who asked for the reply at the end.</summary>
    public Task<TransactionStatus> End => _end.Task;

    /// <summary>It has neither ended nor waits for somebody: it keeps a place.</summary>
    public bool IsUnderWay => _run is { Ended: null, Attention: null, Unknown: null };

    /// <summary>When it goes on by itself at the latest; null when it does not.</summary>
    public DateTimeOffset? AskAgain { get; private set; }

    public TransactionStatus Status
    {
        get
        {
            var (end, attention) = (_run.Ended, _run.Attention ?? _run.Unknown?.Problem);
            return new()
            {
                State = _run.StateOf(isSilent: _silences.Count > 0),
                StartedAt = _start,
                Code = end is null ? attention?.Code : end.Code,
                Message = end is null ? attention?.Message : end.Message,
                ReplyJson = end?.Reply,
                Steps = _run.Steps,
            };
        }
    }

    /// <summary>Stores what is to be stored, and gives the commands to send.</summary>
    /// <exception cref="SpecificationException">A function of the definition failed, or a command does not survive JSON.</exception>
    public IEnumerable<StepCall> Turn(DateTimeOffset now)
    {
        while (true)
        {
            var wanted = _run.Next(now);
            if (wanted.Cause is { } cause) throw new SpecificationException($"A function of the transaction '{Stream}' failed: {cause.Message}", cause);
            if ((wanted.Store ?? wanted.End) is { } fact)
            {
                _facts.Add(fact);
                _run.Apply(fact);
                // Over Kafka it is told without its steps.
                if (fact is TransactionEnded) _end.TrySetResult(Status with { Steps = [] });
                continue;
            }

            AskAgain = wanted.AskAgain;
            foreach (var call in wanted.Calls.Where(call => call.Command is not null))
                RoundTrip.Of(call.Command!, PhoenixJson.Message, $"The command of '{call.Step}'");
            return [.. wanted.Calls.Where(call => _underWay.Add(Key(call)))];
        }
    }

    /// <summary>Takes an answer, or hears none.</summary>
    public void Learn(StepCall call, StepAnswer? answer, DateTimeOffset now)
    {
        _underWay.Remove(Key(call));
        if (answer is not null)
        {
            _silences.Remove((call.Step, call.Phase));
            _run.Learn(call, answer, now);
            return;
        }

        var silences = _silences[(call.Step, call.Phase)] = _silences.GetValueOrDefault((call.Step, call.Phase)) + 1;
        _run.LearnSilence(call, silences, now);
    }

    /// <summary>Begins again with what is stored.</summary>
    public void Forget()
    {
        _underWay.Clear();
        _silences.Clear();
        _run = new(_plan(), Stream, _start);
        foreach (var fact in _facts) _run.Apply(fact);
    }

    private static (string, StepPhase, int, bool) Key(StepCall call) => (call.Step, call.Phase, call.Round, call.IsClose);
}
