namespace Phoenix.Transactions;

/// <summary>
/// The user's class of a dynamic transaction as a function: from the outcomes so far to what it chose at the start and after each of them.
/// It remembers how far it is, so that one more outcome costs one call; for other outcomes it begins again with a new object.
/// </summary>
/// <param name="begin">Makes a new object and lets it choose at the start; gives what it chose and its <c>On</c> method.</param>
internal sealed class Script(Func<(Next First, Func<StepOutcome, Next> On)> begin)
{
    private readonly List<StepOutcome> _heard = [];
    private readonly List<Next> _chosen = [];
    private Func<StepOutcome, Next>? _on;

    /// <summary>Why this host cannot send a step; null when it can.</summary>
    public Func<Step, string?> WhyNotSent { get; set; } = _ => null;

    /// <exception cref="ModelException">What it chose cannot be; the message says why.</exception>
    public IReadOnlyList<Next> After(IReadOnlyList<StepOutcome> outcomes)
    {
        try
        {
            if (_on is null || _heard.Count > outcomes.Count || !_heard.SequenceEqual(outcomes.Take(_heard.Count))) Begin();
            foreach (var outcome in outcomes.Skip(_heard.Count).ToList())
            {
                _heard.Add(outcome);
                Choose(_on!(outcome));
            }
        }
        catch
        {
            // Nobody knows what the object is like after that.
            _on = null;
            throw;
        }

        return [.. _chosen];
    }

    private void Begin()
    {
        _heard.Clear();
        _chosen.Clear();
        (var first, _on) = begin();
        Choose(first);
    }

    private void Choose(Next? next)
    {
        if (next is null)
            throw new ModelException($"{Place} returned null. Return a step, Together(...), Wait(), Completed(...) or Failed(...).");
        var names = _chosen.Append(next).SelectMany(chosen => chosen.Steps).Select(step => step.Name).ToList();
        var problems = next.Steps.SelectMany(Problems)
            .Concat(names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group =>
                $"The step name '{group.Key}' is used {group.Count()} times. Names are unique within a transaction: "
                + "ids of commands come from them."))
            .ToList();
        if (problems.Count > 0) throw new ModelException($"{Place}: {string.Join(Environment.NewLine, problems)}");
        var underWay = names.Except(_heard.Select(outcome => outcome.Step)).ToList();
        _chosen.Add((next.End, underWay.Count) switch
        {
            (null, 0) => NoWayOn($"{Place} gave neither a step nor an end, and nothing was under way."),
            ({ Completed: true }, > 0) =>
                NoWayOn($"{Place} said completed while these steps were under way: {string.Join(", ", underWay)}."),
            _ => next,
        });
    }

    private string Place => _heard.Count == 0 ? "The start" : $"The outcome of '{_heard[^1].Step}'";

    private static Next NoWayOn(string message) => Next.Of(new(false, null, TransactionCodes.NoWayOn, message));

    private IEnumerable<string> Problems(Step step)
    {
        foreach (var problem in step.Problems()) yield return problem;
        if (WhyNotSent(step) is { } unknown) yield return unknown;
        if (step.IsPivot)
        {
            yield return $"The step '{step.Name}' is a pivot, which only a plan has: here your class chooses the end. "
                + "Say .NothingToUndo().";
        }
        else if (!step.HasUndo && !step.HasNothingToUndo && !step.IsTry)
        {
            yield return $"The step '{step.Name}' has no undo. Add .Undo(...), or .Confirm(...) and .Cancel(...), "
                + "or .NothingToUndo() if it may stay when the transaction fails.";
        }
    }
}
