using System.Collections.Concurrent;

namespace Phoenix.Kafka;

/// <summary>What is wrong with a partition right now, by subject, each with the time it began. Thread-safe.</summary>
internal sealed class Complaints(TimeProvider time)
{
    private readonly ConcurrentDictionary<object, (DateTimeOffset Since, string Reason)> open = new();

    /// <summary>Raises a complaint or renews its text; the time of the first raise stays.</summary>
    public void Raise(object subject, string reason) =>
        open.AddOrUpdate(subject, _ => (time.GetUtcNow(), reason), (_, known) => (known.Since, reason));

    /// <summary>Withdraws a complaint.</summary>
    public void Clear(object subject)
    {
        // Asked after every delivery: the usual case must cost nothing.
        if (!open.IsEmpty)
            open.TryRemove(subject, out _);
    }

    /// <summary>The oldest complaint and how many others there are.</summary>
    public (DateTimeOffset Since, string Reason)? Oldest
    {
        get
        {
            if (open.IsEmpty)
                return null;
            var all = open.Values.OrderBy(complaint => complaint.Since).ToArray();
            return all.Length switch
            {
                0 => null,
                1 => all[0],
                _ => (all[0].Since, $"{all[0].Reason} (and {all.Length - 1} more)"),
            };
        }
    }
}
