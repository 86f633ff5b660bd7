using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <summary>
/// Commands decided on tentative state, queries answered from it and failures met on it, in order; all of it counts when its commit
/// succeeds, none of it when not. A loop uses two in turns. A batch that was thrown away, after it had grown old while it was still
/// empty, would make everything in it survive collections, too.
/// </summary>
internal sealed class DecidedBatch
{
    private const int WorthKeeping = 16;
    private readonly List<Decided> _commands = [];
    private readonly List<(QueryWork Work, QueryAnswer Answer)> _answers = [];
    private readonly List<(Work Work, Exception Error)> _failures = [];

    private long _bytes;

    public List<Work> Works { get; } = [];
    public List<CommandRecord> Records { get; } = [];
    public List<EventRow> Events { get; } = [];

    /// <summary>What becomes of the due rows of the stream, or null for nothing.</summary>
    public DueChanges? Due { get; private set; }

    /// <summary>What becomes of the tags of the stream, or null for nothing.</summary>
    public TagChanges? Tags { get; private set; }

    public bool IsEmpty => Works.Count == 0;
    public bool HasCommands => _commands.Count > 0;
    public int CommandCount => _commands.Count;
    public IReadOnlyList<Decided> Commands => _commands;

    /// <summary>Whether no more commands should be added.</summary>
    public bool IsFull(LoopLimits limits) => CommandCount >= limits.CommandsPerCommit || _bytes >= limits.BytesPerCommit;

    public void Add(CommandWork work, CommandRecord record, IReadOnlyList<EventRow> events, IReadOnlyList<FollowingChange>? following = null)
    {
        Follow(work, record, following);
        Works.Add(work);
        Records.Add(record);
        Events.AddRange(events);
        _commands.Add(new(work, record));
        _bytes += (record.Reply?.Length ?? 0) + (record.Payload?.Length ?? 0) + (following?.Sum(change => change.Row?.Payload.Length ?? 0) ?? 0);
        for (var i = 0; i < events.Count; i++) _bytes += events[i].Data.Length;
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

    private void Follow(CommandWork work, CommandRecord record, IReadOnlyList<FollowingChange>? following)
    {
        if (work.Message.Timer is { } timer)
        {
            (Due ??= new()).Deliver(new(timer.Name, timer.Generation, timer.Occurrence));
            // One that repeats ends with its first rejection.
            if (record.Outcome == RecordedOutcome.Rejected) Due.Remove(timer.Name);
        }

        foreach (var (name, row, tag) in following ?? [])
        {
            if (tag is not null) (Tags ??= new()).Add(tag);
            else if (row is null) (Due ??= new()).Remove(name);
            else (Due ??= new()).Set(row);
        }
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
        _bytes = 0;
        Due = null;
        Tags = null;
        return Math.Max(Works.Capacity, Events.Capacity) <= WorthKeeping;
    }

    public readonly record struct Decided(CommandWork Work, CommandRecord Record);
}
