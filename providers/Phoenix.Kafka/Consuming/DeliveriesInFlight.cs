namespace Phoenix.Kafka;

/// <summary>Counts a partition's delivery calls, so that its hand-over can wait for them. Thread-safe.</summary>
internal sealed class DeliveriesInFlight
{
    private readonly Lock gate = new();
    private int count;
    private TaskCompletionSource? drained;

    public void Begin()
    {
        lock (gate)
            count++;
    }

    public void End()
    {
        lock (gate)
        {
            if (--count == 0)
                drained?.TrySetResult();
        }
    }

    /// <summary>Completes when no delivery call is under way.</summary>
    public Task DrainAsync()
    {
        lock (gate)
        {
            if (count == 0)
                return Task.CompletedTask;
            drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task;
        }
    }
}
