using System.Text.Json;
using Microsoft.Extensions.Logging;
using Phoenix.EventStore;

namespace Phoenix.DeadLetters;

/// <summary>Does what is left of a discard of many, whoever began it, in pages.</summary>
internal sealed partial class DiscardRun(LetterReplays runs, LetterDiscards discards, ILogger<DiscardRun> logger)
{
    private const int Page = 500;

    /// <summary>Goes on until the discard has ended, or another does it.</summary>
    /// <param name="run">The discard.</param>
    /// <param name="mayGoOn">Asked behind each page.</param>
    /// <param name="cancellationToken">Ends it after the page under way.</param>
    public async Task RunAsync(LetterReplay run, Func<Task<bool>> mayGoOn, CancellationToken cancellationToken)
    {
        var query = LetterFilters.ReadMany(JsonSerializer.Deserialize<LetterFilter>(run.Filter)!);
        while (true)
        {
            var (due, records) = (await discards.DueAsync(run, query, Page), await discards.RecordsAsync(run, query, Page));
            LetterWatch.Discarded(due.Discarded + records.Discarded);
            if (due.Found + records.Found == 0) break;
            if (cancellationToken.IsCancellationRequested || !await mayGoOn()) return;
        }

        if (await runs.EndAsync(run.Id, "discarded", null, null)) LogEnded(run.Id, run.Principal, run.Found);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The discard {Id} of {Principal}, of {Found} dead letter(s), has ended.")]
    private partial void LogEnded(Guid id, string? principal, long found);
}
