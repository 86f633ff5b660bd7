using System.Text.Json;
using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.DeadLetters;

/// <summary>
/// Does what is left of a replay of many, whoever began it. A page is sent, and then written down with the place behind it. A silo that
/// dies in between leaves the page to the next one, which sends it again under the same ids.
/// </summary>
internal sealed partial class ReplayRun(LetterReplays replays, LetterSending sending, ILogger<ReplayRun> logger)
{
    // Of records: at most so many times StoredBytes are in memory, and the ends of a page are waited for together.
    private const int Page = 100;
    private const int DuePage = 500;

    /// <summary>Goes on until the replay has ended, or another does it.</summary>
    /// <param name="replay">The replay.</param>
    /// <param name="mayGoOn">Asked before each page.</param>
    /// <param name="cancellationToken">Ends it after the page under way.</param>
    public async Task RunAsync(LetterReplay replay, Func<Task<bool>> mayGoOn, CancellationToken cancellationToken)
    {
        var query = LetterFilters.ReadMany(JsonSerializer.Deserialize<LetterFilter>(replay.Filter)!);
        while (replay.Cursor.Length == 0 && !cancellationToken.IsCancellationRequested && await mayGoOn())
        {
            var due = await replays.AgainAsync(replay, query, DuePage);
            LetterWatch.Replayed(due);
            if (due < DuePage) break;
        }

        while (!cancellationToken.IsCancellationRequested && await mayGoOn())
        {
            var page = await replays.PageAsync(replay, query, Behind(replay.Cursor), Page);
            if (page.Count == 0)
            {
                await replays.EndAsync(replay.Id, "replayed", null, null);
                LogEnded(replay.Id, replay.Principal, replay.Found);
                return;
            }

            if (await SendAsync(replay, page, cancellationToken) is not { } next) return;
            replay = next;
        }
    }

    private async Task<LetterReplay?> SendAsync(LetterReplay replay, IReadOnlyList<Letter> page, CancellationToken cancellationToken)
    {
        var sends = new List<Task<string?>>();
        foreach (var letter in page)
        {
            var handing = HandOverAsync(letter, cancellationToken);
            // One after the other, so that the producer has them in order; what went wrong is seen with the rest.
            await ((Task)handing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            sends.Add(RefusalOfAsync(letter, handing));
        }

        var refusals = await Task.WhenAll(sends);
        var sent = page.Where((_, place) => refusals[place] is null).Select(letter => letter.Place).ToList();
        var cursor = LetterIds.Of(page[^1]);
        var state = await replays.ProgressAsync(replay, cursor, sent, page.Count - sent.Count,
            refusals.FirstOrDefault(refusal => refusal is not null));
        if (state is not null) LetterWatch.Replayed(sent.Count);
        return state == LetterReplays.Replaying ? replay with { Cursor = cursor } : null;
    }

    // One that throws at once does it as the others do.
    private async Task<Task> HandOverAsync(Letter letter, CancellationToken cancellationToken) =>
        await sending.HandOverAsync(letter, cancellationToken);

    private async Task<string?> RefusalOfAsync(Letter letter, Task<Task> handing)
    {
        try
        {
            await await handing;
            return null;
        }
        catch (KafkaRejectedException rejected)
        {
            return rejected.Message;
        }
        catch (Exception exception) when (
            exception is not (KafkaUnavailableException or UnavailableException or LogException or OperationCanceledException))
        {
            // One letter that nobody expected must not hold up the others.
            LogUnexpected(exception, letter.Place.Topic, letter.Place.Partition, letter.Place.Position);
            return $"The letter at offset {letter.Place.Position} of partition {letter.Place.Partition} failed; see the silo's log.";
        }
    }

    private static LetterPlace Behind(string cursor) => cursor.Length == 0 ? LetterPlace.First : LetterIds.Read(cursor).Place!;

    [LoggerMessage(Level = LogLevel.Error, Message = "The letter {Topic}[{Partition}]@{Offset} cannot be replayed.")]
    private partial void LogUnexpected(Exception exception, string topic, int partition, long offset);

    [LoggerMessage(Level = LogLevel.Information, Message = "The replay {Id} of {Principal}, of {Found} dead letter(s), has ended.")]
    private partial void LogEnded(Guid id, string? principal, long found);
}
