namespace Phoenix.EventStore.Storage;

/// <summary>
/// Lets in as many reads as there are connections; the others wait for their turn, first come first served. How long that takes is no
/// failure: when very many aggregates become active at once, a time limit here would fail reads that storage never saw, and their repeats
/// would crowd out the rest. But when a read fails and none has succeeded since it began, storage is away, and all that wait are told at
/// once (guarantee 5).
/// </summary>
internal sealed class ReadTurns(int connections) : IDisposable
{
    private readonly SemaphoreSlim _free = new(connections);
    private CancellationTokenSource _outage = new();
    private long _answered;

    /// <exception cref="IOException">Storage did not answer those whose turn it was.</exception>
    public async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        await TakeTurnAsync(Volatile.Read(ref _outage).Token);
        var answered = Volatile.Read(ref _answered);
        try
        {
            var result = await read();
            Interlocked.Increment(ref _answered);
            return result;
        }
        catch (Exception exception)
        {
            if (!StorageFailure.Is(exception)) Interlocked.Increment(ref _answered);
            else if (Volatile.Read(ref _answered) == answered) _ = Interlocked.Exchange(ref _outage, new()).CancelAsync();
            throw;
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose()
    {
        _free.Dispose();
        _outage.Dispose();
    }

    private async Task TakeTurnAsync(CancellationToken outage)
    {
        try
        {
            await _free.WaitAsync(outage);
            if (!outage.IsCancellationRequested) return;
            // The turn came with the failure of the one before.
            _free.Release();
        }
        catch (OperationCanceledException)
        {
        }

        throw new IOException("PostgreSQL did not answer the reads before this one.");
    }
}
