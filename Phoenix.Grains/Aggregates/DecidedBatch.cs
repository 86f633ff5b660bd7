using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Aggregates;

/// <summary>Commands decided on tentative state and queries answered from it, in order; all of it counts when its commit succeeds, none of it when not.</summary>
internal sealed class DecidedBatch
{
    private readonly List<Decided> _commands = [];
    private readonly List<(QueryWork Work, QueryAnswer Answer)> _answers = [];

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

    public void ReleaseAnswers()
    {
        foreach (var (work, answer) in _answers) work.Complete(answer);
    }

    public readonly record struct Decided(CommandWork Work, CommandRecord Record);
}
