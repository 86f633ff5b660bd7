using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Phoenix.EventStore;

namespace Phoenix.DeadLetters;

/// <summary>What this silo knows of dead letters, for health and the meter <c>Phoenix.DeadLetters</c>. Thread-safe.</summary>
internal sealed class LetterWatch
{
    private static readonly Meter Meter = new("Phoenix.DeadLetters");

    private static readonly Counter<long> Kept = Meter.CreateCounter<long>(
        "phoenix.dead-letters.stored", "{letter}", "Letters of topics that were stored for operators, by aggregate or subscription.");

    private static readonly Counter<long> Again = Meter.CreateCounter<long>(
        "phoenix.dead-letters.replayed", "{letter}", "Letters that were replayed.");

    private static readonly Counter<long> Away = Meter.CreateCounter<long>(
        "phoenix.dead-letters.discarded", "{letter}", "Letters that were discarded.");

    private readonly TimeProvider _time;
    private volatile IReadOnlyDictionary<LetterKind, long>? _open;
    private readonly ConcurrentDictionary<string, (string Reason, long At)> _troubles = new();

    public LetterWatch(TimeProvider time)
    {
        _time = time;
        Meter.CreateObservableGauge(
            "phoenix.dead-letters.open",
            () => _open?.Select(kind => new Measurement<long>(kind.Value, Tag("kind", LetterFilters.KindOf(kind.Key)))) ?? [],
            "{letter}", "Letters that nobody has replayed or discarded, by kind; told by the silo that reads them.");
    }

    /// <summary>Open letters by kind; null on a silo that does not read them.</summary>
    public IReadOnlyDictionary<LetterKind, long>? Open => _open;

    /// <summary>What keeps letters from being stored or replayed, and since when; null when nothing does.</summary>
    public (string Reason, TimeSpan Since)? Problem =>
        _troubles.Values.OrderBy(trouble => trouble.At).Select(trouble =>
            ((string, TimeSpan)?)(trouble.Reason, _time.GetElapsedTime(trouble.At))).FirstOrDefault();

    public void Counted(IReadOnlyDictionary<LetterKind, long>? open) => _open = open;

    public static void Stored(string name, long letters)
    {
        if (letters > 0) Kept.Add(letters, Tag("name", name));
    }

    public static void Replayed(long letters) => Again.Add(letters);

    public static void Discarded(long letters)
    {
        if (letters > 0) Away.Add(letters);
    }

    public void Failed(string work, string reason) =>
        _troubles.AddOrUpdate(work, _ => (reason, _time.GetTimestamp()), (_, before) => (reason, before.At));

    public void Succeeded(string work) => _troubles.TryRemove(work, out _);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
