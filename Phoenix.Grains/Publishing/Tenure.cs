using Microsoft.Extensions.Logging;
using Phoenix.EventStore;

namespace Phoenix.Publishing;

/// <summary>
/// Holds the right to publish: stores the position and renews the lease, and knows when neither could be done for so long that somebody
/// else may publish. A process that was frozen finds that out before it sends the next event.
/// </summary>
internal sealed partial class Tenure(PublicationLease lease, Func<long> done, PublicationParts parts, PublicationStatus status, ILogger logger)
{
    // When a renewal that succeeded was begun.
    private long _renewed = parts.Time.GetTimestamp();

    // For those who ask on other silos.
    private PublicationProgress Progress(long position) =>
        new(position, status.Trouble?.Reason ?? parts.Log.Progress.HeldUp?.ToString(), status.Rate(), status.LastError);

    /// <exception cref="DeposedException">The lease has run out without being renewed.</exception>
    public void Check()
    {
        if (parts.Time.GetElapsedTime(Volatile.Read(ref _renewed)) >= parts.Options.Lease)
            throw new DeposedException($"The lease was not renewed for {parts.Options.Lease.TotalSeconds:0.#} s: PostgreSQL did not answer, or this process stood still.");
    }

    /// <summary>Stores and renews until it is cancelled, or deposed.</summary>
    /// <exception cref="DeposedException">Somebody else publishes, or an operator acted.</exception>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        using var rhythm = new PeriodicTimer(parts.Options.CheckpointInterval, parts.Time);
        while (await rhythm.WaitForNextTickAsync(cancellation))
        {
            Check();
            var (began, position) = (parts.Time.GetTimestamp(), done());
            try
            {
                if (!await parts.Checkpoints.SaveAsync(lease, Progress(position), parts.Options.Lease, cancellation))
                    throw new DeposedException("Somebody else publishes, an operator acted, or the database was restored.");
                Volatile.Write(ref _renewed, began);
                status.Reached(position);
                await MeasureAsync(position, cancellation);
            }
            catch (Exception exception) when (exception is not (OperationCanceledException or DeposedException))
            {
                LogNotSaved(exception, lease.Publication);
            }
        }
    }

    private async Task MeasureAsync(long position, CancellationToken cancellation)
    {
        if (parts.Log.Progress.End <= position) status.Aged(TimeSpan.Zero);
        else status.Aged((await parts.Checkpoints.BacklogAsync(position, cancellation)).Age);
    }

    public void Sent(string publication, int messages)
    {
        status.Sent(messages);
        PublicationInstruments.Published(publication, messages);
    }

    public void Parked(string what, int parked)
    {
        status.Parked = parked;
        LogParked(lease.Publication, what);
    }

    /// <summary>The cause of what others are told as a failed transform.</summary>
    public void TransformFailed(Exception cause, LoggedEvent one, string reference) =>
        LogTransformFailed(cause, lease.Publication, one.Type, one.Version, one.StreamId, reference);

    public void Freed(string stream, int parked)
    {
        status.Parked = parked;
        LogFreed(lease.Publication, stream);
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The position of publication '{Publication}' could not be stored, or its lag not be measured; it is tried again.")]
    private partial void LogNotSaved(Exception exception, string publication);

    [LoggerMessage(Level = LogLevel.Error, Message = "Publication '{Publication}': {What} Its aggregate's events are held back until it succeeds; it is tried again by itself.")]
    private partial void LogParked(string publication, string what);

    [LoggerMessage(
        Level = LogLevel.Error,
            Message = "The transform of publication '{Publication}' failed at '{Event}' (version {Version} of '{Stream}') ({Reference}).")]
    private partial void LogTransformFailed(
        Exception cause, string publication, string @event, long version, string stream, string reference);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Publication '{Publication}': the events of '{Stream}' that were held back are published.")]
    private partial void LogFreed(string publication, string stream);
}
