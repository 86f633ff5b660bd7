using System.Globalization;
using Phoenix.Kafka;

namespace Phoenix.DeadLetters;

/// <summary>Counts the letters of a topic and lets them have their effect.</summary>
/// <param name="topics">Reads them.</param>
/// <param name="letters">Their topic.</param>
/// <param name="resending">What becomes of each.</param>
internal sealed class LetterReplay(IDeadLetterTopics topics, string letters, IResending resending)
{
    // Sent one after the other and waited for together: the producer keeps the order of a partition.
    private const int Page = 500;

    /// <summary>How many there are, and up to where in each partition.</summary>
    public async Task<(long Count, IReadOnlyDictionary<int, long> Last)> CountAsync(LetterFilter filter, CancellationToken cancellationToken)
    {
        var (count, last) = (0L, new Dictionary<int, long>());
        await topics.ReadAsync(letters, letter =>
        {
            if (Matches(letter, filter)) (count, last[letter.Partition]) = (count + 1, letter.Offset);
            return Task.CompletedTask;
        }, cancellationToken);
        return (count, last);
    }

    /// <summary>Sends again what was counted.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="last">Up to where in each partition.</param>
    /// <param name="progress">Told how many more were sent, and what was skipped and why.</param>
    /// <param name="cancellationToken">Stops after the page under way.</param>
    public async Task SendAsync(
        LetterFilter filter, IReadOnlyDictionary<int, long> last, Action<int, IReadOnlyList<string>> progress, CancellationToken cancellationToken)
    {
        var page = new List<Task<string?>>(Page);
        await topics.ReadAsync(letters, async letter =>
        {
            if (!Matches(letter, filter) || !last.TryGetValue(letter.Partition, out var end) || letter.Offset > end) return;
            page.Add(SendAsync(letter, cancellationToken));
            if (page.Count == Page) await TurnAsync();
        }, cancellationToken);
        await TurnAsync();

        async Task TurnAsync()
        {
            var skipped = (await Task.WhenAll(page)).OfType<string>().ToList();
            progress(page.Count - skipped.Count, skipped);
            page.Clear();
        }
    }

    /// <summary>Whether a letter is one of our topic's and one of those that are asked for.</summary>
    internal bool Matches(KafkaMessage letter, LetterFilter filter)
    {
        if (Text(letter, DeadLetterHeaders.Topic) != resending.Topic) return false;
        if (filter.Reason is { } reason && Text(letter, DeadLetterHeaders.Reason) != reason) return false;
        if (filter.Key is { } key && letter.Key != key) return false;
        if (filter.Since is null && filter.Until is null) return true;
        return DateTimeOffset.TryParse(Text(letter, DeadLetterHeaders.Time), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            && time >= (filter.Since ?? time) && (filter.Until is not { } until || time < until);
    }

    private async Task<string?> SendAsync(KafkaMessage letter, CancellationToken cancellationToken)
    {
        try
        {
            await resending.SendAsync(letter, cancellationToken);
            return null;
        }
        catch (KafkaRejectedException rejected)
        {
            return rejected.Message;
        }
    }

    private static string? Text(KafkaMessage letter, string name) => letter.Headers.LastOrDefault(header => header.Name == name)?.Text;
}
