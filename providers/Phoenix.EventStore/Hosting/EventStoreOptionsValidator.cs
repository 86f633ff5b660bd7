using Microsoft.Extensions.Options;

namespace Phoenix.EventStore;

internal sealed class EventStoreOptionsValidator : IValidateOptions<EventStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, EventStoreOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(EventStoreOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString)) yield return "The event store needs a ConnectionString to PostgreSQL's writer.";
        if (options.Flushes is < 1 or > 64) yield return $"Flushes is 1 to 64; found {options.Flushes}.";
        if (options.ReadConnections is < 2 or > 1_000) yield return $"ReadConnections is 2 to 1,000; found {options.ReadConnections}.";
        if (options.StreamsPerFlush is < 1 or > 10_000) yield return $"StreamsPerFlush is 1 to 10,000; found {options.StreamsPerFlush}.";
        if (options.BytesPerFlush < 1) yield return $"BytesPerFlush is at least 1; found {options.BytesPerFlush}.";
        if (options.HistoryPageBytes < 1) yield return $"HistoryPageBytes is at least 1; found {options.HistoryPageBytes}.";
        if (options.SnapshotEvery < 0) yield return $"SnapshotEvery is 0 (off) or more; found {options.SnapshotEvery}.";
        if (options.AttemptTimeLimit < TimeSpan.FromMilliseconds(100)) yield return $"AttemptTimeLimit is at least 100 ms; found {options.AttemptTimeLimit}.";
        if (options.CommitTimeLimit < options.AttemptTimeLimit)
            yield return $"CommitTimeLimit ({options.CommitTimeLimit}) is at least AttemptTimeLimit ({options.AttemptTimeLimit}).";
        if (options.ReadTimeLimit <= TimeSpan.Zero) yield return $"ReadTimeLimit is more than zero; found {options.ReadTimeLimit}.";
    }
}
