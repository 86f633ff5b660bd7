using System.Collections.Concurrent;

namespace Phoenix.Tests.Engine;

/// <summary>Named gates and deeds for handlers; one that is not named lets pass.</summary>
internal sealed class Hindrances : IHindrance
{
    private readonly ConcurrentDictionary<string, Func<CancellationToken, Task>> _byName = new();

    /// <summary>The handler waits until the returned source is set, and <paramref name="reached"/> completes when it waits.</summary>
    public TaskCompletionSource Gate(string name, out Task reached)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _byName[name] = _ =>
        {
            waits.TrySetResult();
            return gate.Task;
        };
        reached = waits.Task;
        return gate;
    }

    /// <summary>The handler does this before it decides.</summary>
    public void Deed(string name, Func<Task> deed) => _byName[name] = _ => deed();

    public Task Before(string command, CancellationToken cancellation) => _byName.TryGetValue(command, out var hindrance) ? hindrance(cancellation) : Task.CompletedTask;
}
