using Microsoft.Extensions.DependencyInjection;

namespace Phoenix.Aggregates;

/// <content>The aggregate among the others that are active on its silo.</content>
public abstract partial class AggregateGrain<TAggregate> : IActiveAggregate, IDisposable
{
    // Who was used last is known to the second: a busy aggregate takes the silo's lock no more often.
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    private ActiveAggregates _others = null!;
    private LinkedListNode<IActiveAggregate>? _place;
    private long _used;

    bool IActiveAggregate.IsBusy => _loop.IsBusy || _afterCommit?.IsBusy == true;

    void IActiveAggregate.Retire() => GrainContext.Deactivate(new(DeactivationReasonCode.ActivationIdle, "More aggregates are active than Phoenix:Aggregates:MaxActive allows."));

    /// <summary>Called when the activation is gone, however it ended.</summary>
    void IDisposable.Dispose()
    {
        Leave();
        _recent?.Release();
        if (_place is { } place) _others.Leave(place);
        GC.SuppressFinalize(this);
    }

    private void Enter()
    {
        _others = ServiceProvider.GetRequiredService<ActiveAggregates>();
        _used = _time.GetTimestamp();
        _place = _others.Enter(this);
    }

    private void Use()
    {
        if (_time.GetElapsedTime(_used) < Precision) return;
        _used = _time.GetTimestamp();
        _others.Use(_place!);
    }
}
