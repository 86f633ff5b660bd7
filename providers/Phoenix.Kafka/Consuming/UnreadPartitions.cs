using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Phoenix.Kafka;

/// <summary>
/// Watches the partitions that other silos should read. One that has records while its committed position stands is read by nobody, or by a
/// silo that cannot decide: either way somebody must hear of it, and from a silo that is well.
/// </summary>
internal sealed class UnreadPartitions(
    string provider, Func<IEnumerable<TopicPartition>> all, PartitionReader reader, KafkaTopics admin, KafkaStreamOptions options, TimeProvider time, ILogger logger)
{
    // A look may fall between two commits of a busy silo, never this many.
    private const int Looks = 3;

    private Dictionary<TopicPartition, (long Position, DateTimeOffset Since)> standing = [];
    private volatile IReadOnlyList<PartitionHealth> found = [];

    /// <summary>Those that were found to stand.</summary>
    public IReadOnlyList<PartitionHealth> Found => found;

    /// <summary>Looks from time to time, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.TopicCheckInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                await LookAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task LookAsync()
    {
        var elsewhere = all().Except(reader.Intakes.Select(intake => intake.Partition)).ToList();
        if (elsewhere.Count == 0)
        {
            (standing, found) = ([], []);
            return;
        }
        try
        {
            Compare(await reader.Commits.PositionsAsync(elsewhere), await admin.EndOffsetsAsync(elsewhere));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            ReaderLog.LookFailed(logger, error.Message);
        }
    }

    private void Compare(IReadOnlyDictionary<TopicPartition, long> positions, IReadOnlyDictionary<TopicPartition, long> ends)
    {
        var now = time.GetUtcNow();
        var still = new Dictionary<TopicPartition, (long Position, DateTimeOffset Since)>();
        foreach (var (partition, end) in ends)
        {
            var position = positions.GetValueOrDefault(partition);
            if (position < end)
                still[partition] = standing.TryGetValue(partition, out var known) && known.Position == position ? known : (position, now);
        }
        standing = still;
        found = [.. still.Where(each => now - each.Value.Since >= options.TopicCheckInterval * Looks).Select(each => Describe(each.Key, each.Value, ends[each.Key]))];
    }

    private PartitionHealth Describe(TopicPartition partition, (long Position, DateTimeOffset Since) stands, long end)
    {
        var reason = $"no silo moves this partition on: it has {end - stands.Position} record(s), and its position stands at {stands.Position}; "
            + "look at the silo that should read it, and whether all silos know this topic";
        return new()
        {
            Provider = provider,
            Topic = partition.Topic,
            Partition = partition.Partition.Value,
            IsReadHere = false,
            CommittedOffset = stands.Position,
            DoneOffset = stands.Position,
            EndOffset = end,
            UnhealthySince = stands.Since,
            Reason = reason,
            Summary = reason,
        };
    }
}
