using Phoenix.Runs.Histories;

namespace Phoenix.Runs.Faults;

/// <summary>The longest time without any answer to any client while a fault was the latest one.</summary>
internal static class Unavailability
{
    /// <param name="faults">When each fault was injected, in milliseconds since 1970, in order.</param>
    /// <param name="history">All clients' histories.</param>
    public static IReadOnlyList<long> Of(IReadOnlyList<long> faults, IReadOnlyList<HistoryRecord> history)
    {
        var answers = history.Where(record => record.Event is ClientEvent.Accepted or ClientEvent.Rejected).Select(record => record.At).Order().ToList();
        var end = answers.Count == 0 ? 0 : answers[^1];
        return [.. faults.Select((from, index) => LongestGap(answers, from, index + 1 < faults.Count ? faults[index + 1] : Math.Max(from, end)))];
    }

    private static long LongestGap(List<long> answers, long from, long to)
    {
        var (last, longest) = (from, 0L);
        foreach (var at in answers.Where(at => at > from && at <= to))
        {
            longest = Math.Max(longest, at - last);
            last = at;
        }

        return Math.Max(longest, to - last);
    }
}
