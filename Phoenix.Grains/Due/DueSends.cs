using Phoenix.EventStore;

namespace Phoenix.Due;

/// <summary>
/// The quick way of sends: the silo that committed one delivers it at once. What is lost on this way, or would be too much at a time, is
/// left to the sweeper.
/// </summary>
internal sealed class DueSends(DueDelivery delivery, DueRemovals removals, DueOptions options, TimeProvider time)
{
    private int _underWay;

    /// <summary>Sends a row that has been committed.</summary>
    /// <param name="owner">The stream that owns it.</param>
    /// <param name="row">The row.</param>
    public void Send(string owner, DueRow row)
    {
        if (Interlocked.Increment(ref _underWay) > options.MaxSendsInFlight) Interlocked.Decrement(ref _underWay);
        // Of the process, not of the activation that committed it: that one may be called back.
        else _ = Task.Run(() => SendAsync(ItemOf(owner, row)));
    }

    private async Task SendAsync(DueItem item)
    {
        var started = time.GetTimestamp();
        try
        {
            var result = await delivery.DeliverAsync(item, mayBeRepeat: false);
            if (result.Ending != DueEnding.Done) return;
            DueInstruments.Delivered(item, "fast", time.GetElapsedTime(started));
            _ = removals.RemoveAsync(item);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private DueItem ItemOf(string owner, DueRow row) => new()
    {
        Owner = owner,
        Reference = new(row.Name, row.Generation, 0),
        Kind = row.Kind,
        Scheduled = time.GetUtcNow(),
        Due = time.GetUtcNow(),
        Target = row.Target,
        Command = row.Command,
        Payload = row.Payload,
        CorrelationId = row.CorrelationId,
        IfRejected = row.IfRejected,
        Attempts = 0,
    };
}
