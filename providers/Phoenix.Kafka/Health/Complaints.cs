using System.Collections.Concurrent;

namespace Phoenix.Kafka;

/// <summary>What is wrong with a partition right now, by subject, each with the time it began. Thread-safe.</summary>
internal sealed class Complaints(TimeProvider time)
{
    private readonly ConcurrentDictionary<object, (DateTimeOffset Since, string Summary, string Reason)> open = new();

    /// <summary>Raises a complaint or renews its text; the time of the first raise stays.</summary>
    /// <param name="subject">What or who is in trouble.</param>
    /// <param name="summary">The kind of trouble, fit for anyone's eyes.</param>
    /// <param name="reason">All that is known; the summary when there is no more.</param>
    public void Raise(object subject, string summary, string? reason = null) =>
        open.AddOrUpdate(subject, _ => (time.GetUtcNow(), summary, reason ?? summary), (_, known) => (known.Since, summary, reason ?? summary));

    /// <summary>Withdraws a complaint.</summary>
    public void Clear(object subject)
    {
        // Asked after every delivery: the usual case must cost nothing.
        if (!open.IsEmpty)
            open.TryRemove(subject, out _);
    }

    /// <summary>The oldest complaint and how many others there are.</summary>
    public (DateTimeOffset Since, string Summary, string Reason)? Oldest
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
                _ => (all[0].Since, $"{all[0].Summary} (and {all.Length - 1} more)", $"{all[0].Reason} (and {all.Length - 1} more)"),
            };
        }
    }
}
