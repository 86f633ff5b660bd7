using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Phoenix.EventStore;

namespace Phoenix.Due;

/// <summary>
/// Takes away the rows of sends that are done, many with one statement: those that come while one is on its way go with the next.
/// </summary>
internal sealed partial class DueRemovals : IAsyncDisposable
{
    private const int Most = 500;
    private readonly Channel<(DueItem Item, TaskCompletionSource<bool> Gone)> _done = Channel.CreateUnbounded<(DueItem, TaskCompletionSource<bool>)>();
    private readonly DueQueue _queue;
    private readonly ILogger<DueRemovals> _logger;
    private readonly Task _running;

    public DueRemovals(DueQueue queue, ILogger<DueRemovals> logger)
    {
        (_queue, _logger) = (queue, logger);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Takes a row away. False when that failed: it will be delivered once more, which does nothing.</summary>
    public Task<bool> RemoveAsync(DueItem item)
    {
        var gone = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _done.Writer.TryWrite((item, gone)) ? gone.Task : Task.FromResult(false);
    }

    public async ValueTask DisposeAsync()
    {
        _done.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        var batch = new List<(DueItem Item, TaskCompletionSource<bool> Gone)>();
        while (await _done.Reader.WaitToReadAsync())
        {
            while (batch.Count < Most && _done.Reader.TryRead(out var one)) batch.Add(one);
            var gone = await TryRemoveAsync(batch.ConvertAll(one => one.Item));
            foreach (var one in batch) one.Gone.SetResult(gone);
            batch.Clear();
        }
    }

    private async Task<bool> TryRemoveAsync(List<DueItem> items)
    {
        try
        {
            await _queue.DoneAsync(items);
            return true;
        }
        catch (Exception exception)
        {
            LogLeft(exception, items.Count);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Rows} delivered row(s) could not be taken away; the sweeper delivers them once more, which does nothing.")]
    private partial void LogLeft(Exception exception, int rows);
}
