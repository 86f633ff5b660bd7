using Phoenix.Deciding;
using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.Publishing;

/// <summary>Sends from where everything is acknowledged, with one sender, until something fails.</summary>
internal sealed class SendingAttempt(
    PublicationDefinition definition, PublicationLease lease, PublicationParts parts, Tenure tenure, DeliveryWindow window, IOrderedSender sender, ParkedSet parked, long carefulUntil)
{
    private readonly EventMessages _messages = new(definition, parts.EventTypes);

    /// <summary>The last position that something was handed over of.</summary>
    public long Furthest { get; private set; } = window.Done;

    /// <summary>Runs until it fails or is cancelled; never ends well.</summary>
    /// <exception cref="KafkaRejectedException">The broker refuses a record, or the topic is gone.</exception>
    /// <exception cref="KafkaUnavailableException">The client failed.</exception>
    /// <exception cref="DeposedException">The right to publish is gone.</exception>
    /// <exception cref="StoppedException">An event cannot be published.</exception>
    /// <exception cref="LogWentBackException">What was read may be gone.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var cursor = parts.Log.Open(window.Done);
        // Not the cursor's place, which moves before the page is handled.
        var read = window.Done;
        if (RetryDue <= TimeSpan.Zero) await RetryParkedAsync(read, cancellation);
        var next = cursor.NextAsync(cancellation);
        while (true)
        {
            if (await OrFailedAsync(next, parked.Count == 0 ? Timeout.InfiniteTimeSpan : Later(RetryDue), cancellation))
            {
                var page = await next;
                foreach (var one in page.Events)
                {
                    if (lease.Slice.Holds(one.StreamId) && !parked.Holds(one)) await SendAsync(one, one.Sequence, cancellation);
                }

                window.Pass(read = page.End);
                if (parked.Count > 0 && RetryDue <= TimeSpan.Zero) await RetryParkedAsync(read, cancellation);
                next = cursor.NextAsync(cancellation);
            }
            else if (!next.IsCompleted)
            {
                await RetryParkedAsync(read, cancellation);
            }
        }
    }

    private TimeSpan RetryDue => parked.RetriedAt is { } last ? parts.Options.RetryParked - parts.Time.GetElapsedTime(last) : TimeSpan.Zero;

    /// <summary>Sends one event. False: it cannot be published, and its stream is parked from it on.</summary>
    private async Task<bool> SendAsync(LoggedEvent one, long place, CancellationToken cancellation)
    {
        tenure.Check();
        IReadOnlyList<KafkaRecord> records;
        try
        {
            records = _messages.Of(one, lease);
        }
        catch (Exception exception)
        {
            var reference = Failures.NewReference();
            tenure.TransformFailed(exception, one, reference);
            await CannotPublishAsync(one, $"its transform failed; the silo's log has the cause under {reference}.", cancellation);
            return false;
        }

        if (records.Count == 0) return true;
        await OrFailedAsync(window.RoomAsync(cancellation), Timeout.InfiniteTimeSpan, cancellation);
        Furthest = Math.Max(Furthest, one.Sequence);
        var entry = window.Begin(place);
        try
        {
            foreach (var record in records) Send(record, entry);
        }
        catch (KafkaRejectedException refused)
        {
            window.End(entry);
            await CannotPublishAsync(one, refused.Message, cancellation);
            return false;
        }

        window.End(entry);
        tenure.Sent(definition.Name, records.Count);
        return one.Sequence > carefulUntil || await AloneAsync(one, cancellation);
    }

    private void Send(KafkaRecord record, DeliveryWindow.Entry entry)
    {
        var bytes = record.Body?.Length ?? 0;
        window.Add(entry, bytes);
        try
        {
            sender.Send(record, () => window.Remove(entry, bytes));
        }
        catch (KafkaRejectedException)
        {
            window.Remove(entry, bytes);
            throw;
        }
    }

    // Somewhere up to here is a record that the broker refuses: sent one at a time, it shows.
    private async Task<bool> AloneAsync(LoggedEvent one, CancellationToken cancellation)
    {
        try
        {
            await OrFailedAsync(window.EmptyAsync(cancellation), Timeout.InfiniteTimeSpan, cancellation);
            return true;
        }
        catch (KafkaRejectedException refused) when (refused.IsOfTheRecord())
        {
            await CannotPublishAsync(one, refused.Message, cancellation);
            throw;
        }
    }

    private async Task CannotPublishAsync(LoggedEvent one, string reason, CancellationToken cancellation)
    {
        var what = $"'{one.Type}' (version {one.Version} of '{one.StreamId}', number {one.Sequence}) cannot be published: {reason}";
        if (definition.Poison == PoisonPolicy.Stop || (parked.Count >= parts.Options.MaxParked && !parked.Contains(one.StreamId)))
        {
            // What was sent before it counts.
            await OrFailedAsync(window.EmptyAsync(cancellation), Timeout.InfiniteTimeSpan, cancellation);
            throw new StoppedException(parked.Count >= parts.Options.MaxParked ? $"{parked.Count} aggregates are parked already, and {what}" : what);
        }

        // Before the position passes it.
        if (!await parts.Checkpoints.ParkAsync(lease, one, reason, cancellation)) throw new DeposedException("A stream could not be parked: somebody else publishes.");
        parked.Add(one.StreamId, one.Sequence);
        tenure.Parked(what, parked.Count);
    }

    /// <summary>Sends what was held back of each stream, up to where all others are.</summary>
    private async Task RetryParkedAsync(long upTo, CancellationToken cancellation)
    {
        // Before anything is sent: what the broker refuses again ends this attempt, and the next one goes on without it.
        parked.RetriedAt = parts.Time.GetTimestamp();
        if (sender is SinkSender sink) sink.AskAgain();
        foreach (var (stream, first) in parked.ToList())
        {
            if (first > upTo || !await CaughtUpAsync(stream, first, upTo, cancellation)) continue;
            await OrFailedAsync(window.EmptyAsync(cancellation), Timeout.InfiniteTimeSpan, cancellation);
            if (!await parts.Checkpoints.UnparkAsync(lease, stream, cancellation)) throw new DeposedException("A stream could not be freed: somebody else publishes.");
            parked.Remove(stream);
            tenure.Freed(stream, parked.Count);
        }
    }

    private async Task<bool> CaughtUpAsync(string stream, long first, long upTo, CancellationToken cancellation)
    {
        var after = first - 1;
        while (await parts.Checkpoints.EventsAsync(stream, after, upTo, cancellation) is { Count: > 0 } events)
        {
            foreach (var one in events)
            {
                if (!await SendAsync(one, upTo, cancellation)) return false;
            }

            after = events[^1].Sequence;
        }

        return true;
    }

    /// <summary>True when it has ended; false when the time is up before. Throws what the sender failed with.</summary>
    private async Task<bool> OrFailedAsync(Task task, TimeSpan patience, CancellationToken cancellation)
    {
        if (!task.IsCompleted || sender.Failed.IsCompleted)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var first = await Task.WhenAny(sender.Failed, task, Task.Delay(patience, parts.Time, ended.Token));
            await ended.CancelAsync();
            if (first == sender.Failed) await first;
            cancellation.ThrowIfCancellationRequested();
            if (first != task) return false;
        }

        await task;
        return true;
    }

    private static TimeSpan Later(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
