using Microsoft.Extensions.DependencyInjection;
using Phoenix.Kafka;

namespace Phoenix.Aggregates;

/// <content>The aggregate as a subscriber that a pulling agent on the same silo reaches without a call.</content>
public abstract partial class AggregateGrain<TAggregate> : ILocalSubscriber
{
    private LocalSubscribers? _subscribers;
    private TaskScheduler _turns = null!;
    private StreamId _stream;
    private TimeSpan _callAfter;
    private long _lastCall;
    private int _underWay;
    private TaskCompletionSource? _lastEnded;
    private volatile bool _leaving;

    Task<bool> ILocalSubscriber.TryTakeAsync(StreamId stream, IReadOnlyList<KafkaMessage> messages) =>
        _leaving || stream != _stream || _time.GetElapsedTime(Volatile.Read(ref _lastCall)) >= _callAfter
            ? Task.FromResult(false)
            : Task.Factory.StartNew(() => TakeInTurnAsync(messages), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _turns).Unwrap();

    /// <inheritdoc />
    public sealed override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Leave();
        _afterCommit?.Stop();
        if (_underWay > 0)
        {
            // Calls are waited for by Orleans, as long as this.
            _lastEnded = new();
            await _lastEnded.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }

        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <summary>
    /// Notes that a call delivered records: it has shown that this is the activation that Orleans means, and that it is in use.
    /// </summary>
    private void Called()
    {
        Volatile.Write(ref _lastCall, _time.GetTimestamp());
        if (_subscribers is not null || _leaving) return;
        (_turns, _stream) = (TaskScheduler.Current, StreamId.Create(Model.Name, _id));
        _callAfter = ServiceProvider.GetRequiredService<AggregateOptions>().CallAfter(Model.Name);
        _subscribers = ServiceProvider.GetRequiredService<LocalSubscribers>();
        _subscribers.Add(this.GetGrainId(), this);
    }

    private async Task<bool> TakeInTurnAsync(IReadOnlyList<KafkaMessage> messages)
    {
        // It may have begun to leave while this turn was waiting for its own.
        if (_leaving) return false;
        _underWay++;
        try
        {
            await TakeAsync(messages);
            return true;
        }
        finally
        {
            if (--_underWay == 0) _lastEnded?.TrySetResult();
        }
    }

    private void Leave()
    {
        _leaving = true;
        _subscribers?.Remove(this.GetGrainId(), this);
    }
}
