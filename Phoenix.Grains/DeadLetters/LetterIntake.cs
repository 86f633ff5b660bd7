using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.DeadLetters;

/// <summary>
/// Keeps in the database what dead-letter topics have. Positions move in the transaction that stores letters, and a letter has the place in
/// its topic as its key: one that is read twice, also by two silos at once, is there once.
/// </summary>
internal sealed partial class LetterIntake(
    LetterTable table, LetterSending sending, DeadLetterOptions options, TimeProvider time, ILogger<LetterIntake> logger)
{
    /// <summary>Reads what is new.</summary>
    /// <param name="feed">The topics.</param>
    /// <param name="goesOn">Told after each piece.</param>
    /// <param name="cancellationToken">Ends it after the piece under way.</param>
    public async Task ReadAsync(ILetterFeed feed, Func<Task> goesOn, CancellationToken cancellationToken)
    {
        var positions = (await table.PositionsAsync())
            .Select(next => new LetterPosition(next.Topic, next.Partition, next.Life, next.Position)).ToList();
        var topics = sending.Topics.ToLookup(topic => topic.DeadLetterTopic);
        await feed.ReadAsync([.. topics.Select(group => group.Key)], positions, async piece =>
        {
            await KeepAsync(piece, topics[piece.Topic].First());
            await goesOn();
        }, cancellationToken);
    }

    private async Task KeepAsync(LetterPiece piece, KafkaTopic topic)
    {
        var now = time.GetUtcNow();
        Letter[] letters = [.. piece.Letters.Select(letter => LetterRows.Of(letter, topic, options.StoredBytes, now))];
        var stored = await table.StoreAsync(piece.Topic, piece.Life, letters,
            piece.Positions.ToDictionary(one => one.Partition, one => one.Next));
        LetterWatch.Stored(topic.StreamNamespace, stored);
        if (piece.Missed > 0) LogMissed(piece.Topic, piece.Missed);
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Retention has taken up to {Missed} dead letter(s) away from '{Topic}' before any silo could keep them. "
        + "Raise retention.ms and retention.bytes of the topic.")]
    private partial void LogMissed(string topic, long missed);
}
