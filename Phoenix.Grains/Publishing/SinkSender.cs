using Phoenix.Kafka;

namespace Phoenix.Publishing;

/// <summary>
/// Hands messages to a sink of the user's: those of one aggregate one after the other, those of several at once. After the first failure
/// nothing more is begun, as with Kafka; what is under way counts if it ends well. Sending is not thread-safe.
/// </summary>
internal sealed class SinkSender(IPublicationSink sink, SinkFailures failures, PublicationOptions options, TimeProvider time)
    : IOrderedSender
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _room = new(options.SinkConcurrency);
    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<string, string> _refused = failures.TakeRefused();
    private readonly Lock _gate = new();

    // Guarded by the gate; of each aggregate with messages under way the last one, and how many there are.
    private readonly Dictionary<string, (Task Last, int Open)> _lines = [];

    public Task Failed => _failed.Task;

    public void Send(KafkaRecord record, Action acknowledged)
    {
        var message = SinkMessages.Of(record);
        if (_refused.Remove(message.Id, out var reason)) throw new KafkaRejectedException(KafkaRejectedException.Refused, reason);
        lock (_gate)
        {
            var (last, open) = _lines.GetValueOrDefault(message.Subject, (Task.CompletedTask, 0));
            _lines[message.Subject] = (Task.Run(() => AfterAsync(last, message, acknowledged)), open + 1);
        }
    }

    /// <summary>What the sink refused before is sent to it again.</summary>
    public void AskAgain() => _refused.Clear();

    /// <summary>Waits for calls that are under way: the next sender begins with the same messages.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Task[] open;
        lock (_gate) open = [.. _lines.Values.Select(line => line.Last)];
        await Task.WhenAll(open);
        _ending.Dispose();
        _room.Dispose();
    }

    private async Task AfterAsync(Task last, ReceivedEvent message, Action acknowledged)
    {
        await last;
        try
        {
            await _room.WaitAsync(_ending.Token);
            try
            {
                if (!_failed.Task.IsCompleted) await CallAsync(message, acknowledged);
            }
            finally
            {
                _room.Release();
            }
        }
        catch (Exception) when (_ending.IsCancellationRequested)
        {
            // It comes again.
        }
        finally
        {
            Leave(message.Subject);
        }
    }

    private async Task CallAsync(ReceivedEvent message, Action acknowledged)
    {
        using var limit = new CancellationTokenSource(options.SinkTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
        try
        {
            await sink.TakeAsync(message, both.Token);
        }
        catch (MessageRefusedException refused)
        {
            failures.Refused(message.Id, $"its sink refuses it: {refused.Message}");
            Fail(new($"The sink refuses {Name(message)}: {refused.Message}", refused));
            return;
        }
        catch (Exception exception) when (!_ending.IsCancellationRequested)
        {
            var what = limit.IsCancellationRequested ? $"took longer than {options.SinkTimeout.TotalSeconds:0.#} s" : "failed";
            failures.Failed(message.Id, $"its sink {what}; the silo's log has the cause.");
            Fail(new($"The sink {what} at {Name(message)}; the silo's log has the cause.", exception));
            return;
        }

        failures.Succeeded(message.Id);
        acknowledged();
    }

    private void Leave(string subject)
    {
        lock (_gate)
        {
            var (last, open) = _lines[subject];
            if (open == 1) _lines.Remove(subject);
            else _lines[subject] = (last, open - 1);
        }
    }

    private void Fail(SinkFailedException failure)
    {
        // Whether or not somebody waits for it.
        if (_failed.TrySetException(failure)) _ = _failed.Task.Exception;
    }

    private static string Name(ReceivedEvent message) => $"'{message.Type}' (version {message.Version} of '{message.Subject}')";
}
