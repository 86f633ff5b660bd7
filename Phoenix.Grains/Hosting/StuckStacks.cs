using Microsoft.Extensions.Logging;
using Phoenix.Aggregates;
using Phoenix.Deciding;

namespace Phoenix.Hosting;

/// <summary>
/// Writes where handlers stand that do not return: once from when the first does not until all have, and not twice within ten minutes,
/// since the silo stands still for a moment each time.
/// </summary>
internal sealed partial class StuckStacks(AggregateOptions options, TimeProvider time, ILogger<StuckStacks> logger)
{
    private const int DumpsKept = 5;
    private const string Dumps = "stuck-*.dmp";
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private bool _told;
    private long? _toldAt;

    /// <summary>Tells where they stand, if that was not told yet.</summary>
    /// <param name="stuck">All that do not return now.</param>
    public async Task TellAsync(IReadOnlyList<StuckCode> stuck)
    {
        if (stuck.Count == 0) _told = false;
        if (!options.StackOfStuckHandlers || stuck.Count == 0 || _told || (_toldAt is { } at && time.GetElapsedTime(at) < Between)) return;
        (_told, _toldAt) = (true, time.GetTimestamp());
        var dump = Path.Combine(
            options.StuckDumpFolder ?? Path.GetTempPath(), $"stuck-{time.GetUtcNow():yyyyMMdd'T'HHmmss}-{Environment.ProcessId}.dmp");
        try
        {
            using var enough = new CancellationTokenSource(Patience, time);
            var stacks = await OwnStacks.TakeAsync(dump, enough.Token);
            LogStacks(string.Join(Environment.NewLine, OwnStacks.Choose(stacks, [.. stuck.Select(one => one.Thread)])));
        }
        catch (Exception exception)
        {
            LogNone(exception);
        }
        finally
        {
            Tidy(dump);
        }
    }

    private void Tidy(string dump)
    {
        try
        {
            if (options.StuckDumpFolder is null) File.Delete(dump);
            else
            {
                var dumps = new DirectoryInfo(options.StuckDumpFolder).GetFiles(Dumps);
                foreach (var old in dumps.OrderByDescending(file => file.Name).Skip(DumpsKept)) old.Delete();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogLeft(exception, dump);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Where handlers stand that do not return:\n{Stacks}")]
    private partial void LogStacks(string stacks);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The stacks of handlers that do not return cannot be told: this process cannot be dumped.")]
    private partial void LogNone(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The dump {File}, or one before it, cannot be deleted.")]
    private partial void LogLeft(Exception exception, string file);
}
