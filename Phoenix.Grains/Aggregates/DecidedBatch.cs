using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Aggregates;

/// <summary>
/// Commands decided on tentative state, queries answered from it and failures met on it, in order; all of it counts when its commit succeeds, none of it when not.
/// An aggregate uses two in turns. A batch that was thrown away, after it had grown old while it was still empty, would make everything in it survive collections, too.
/// </summary>
internal sealed class DecidedBatch
{
    private const int WorthKeeping = 16;
    private readonly List<Decided> _commands = [];
    private readonly List<(QueryWork Work, QueryAnswer Answer)> _answers = [];
    private readonly List<(Work Work, Exception Error)> _failures = [];

    public List<Work> Works { get; } = [];
    public List<CommandRecord> Records { get; } = [];
    public List<EventRow> Events { get; } = [];

    public bool IsEmpty => Works.Count == 0;
    public bool HasCommands => _commands.Count > 0;
    public int CommandCount => _commands.Count;
    public IReadOnlyList<Decided> Commands => _commands;

    public void Add(CommandWork work, CommandRecord record, IReadOnlyList<EventRow> events)
    {
        Works.Add(work);
        Records.Add(record);
        Events.AddRange(events);
        _commands.Add(new(work, record));
    }

    public void Add(QueryWork work, QueryAnswer answer)
    {
        Works.Add(work);
        _answers.Add((work, answer));
    }

    public void Add(Work work, Exception error)
    {
        Works.Add(work);
        _failures.Add((work, error));
    }

    /// <summary>Tells what was seen on state that has now committed.</summary>
    public void Release()
    {
        foreach (var (work, answer) in _answers) work.Complete(answer);
        foreach (var (work, error) in _failures) work.Fail(error);
    }

    /// <summary>Forgets everything. False when it has grown to a size that is not worth keeping.</summary>
    public bool Clear()
    {
        _commands.Clear();
        _answers.Clear();
        _failures.Clear();
        Works.Clear();
        Records.Clear();
        Events.Clear();
        return Math.Max(Works.Capacity, Events.Capacity) <= WorthKeeping;
    }

    public readonly record struct Decided(CommandWork Work, CommandRecord Record);
}
