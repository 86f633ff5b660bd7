using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Runtime;

namespace Phoenix.Hosting;

/// <summary>
/// The stacks of this process's threads. .NET tells nobody the stack of another thread; a dump of the process has all of them. It is one
/// without what the heap holds: some 10 MB, and the process stands still for about half a second.
/// </summary>
internal static class OwnStacks
{
    private const int MostFrames = 200;

    // What runs a turn of an activation, and what calls a handler from it.
    private const string Turn = "Orleans.Runtime.Scheduler.WorkItemGroup.Execute";
    private const string Call = "Phoenix.Aggregates.Decider";
    private const int MostThreads = 8;

    /// <summary>Writes a dump of this process and reads the stacks in it.</summary>
    /// <param name="dump">The file for the dump; it stays.</param>
    /// <param name="cancellationToken">Ends waiting for the dump.</param>
    /// <exception cref="Exception">What keeps a process from being dumped: no rights, no room, diagnostics switched off.</exception>
    public static async Task<IReadOnlyList<ThreadStack>> TakeAsync(string dump, CancellationToken cancellationToken)
    {
        await new DiagnosticsClient(Environment.ProcessId)
            .WriteDumpAsync(DumpType.Normal, dump, logDumpGeneration: false, cancellationToken);
        using var target = DataTarget.LoadDump(dump);
        using var runtime = target.ClrVersions[0].CreateRuntime();
        return [.. runtime.Threads.Where(thread => thread.IsAlive).Select(Read)];
    }

    /// <summary>
    /// Those in which handlers stand that began on these threads. One that has awaited since goes on wherever there was room: then it is
    /// among all threads that run an activation's turn.
    /// </summary>
    public static IReadOnlyList<ThreadStack> Choose(IReadOnlyList<ThreadStack> stacks, IReadOnlyCollection<int> threads)
    {
        var same = stacks.Where(stack => threads.Contains(stack.Thread) && stack.Has(Call)).ToList();
        return same.Count == threads.Count ? same : [.. stacks.Where(stack => stack.Has(Turn)).Take(MostThreads)];
    }

    private static ThreadStack Read(ClrThread thread) => new(
        thread.ManagedThreadId,
        [.. thread.EnumerateStackTrace().Take(MostFrames).Select(frame => frame.Method?.Signature).OfType<string>()]);
}

/// <summary>A thread's stack.</summary>
/// <param name="Thread">Its managed id.</param>
/// <param name="Frames">Signatures of methods, the innermost first; no values.</param>
internal sealed record ThreadStack(int Thread, IReadOnlyList<string> Frames)
{
    public bool Has(string method) => Frames.Any(frame => frame.StartsWith(method, StringComparison.Ordinal));

    public override string ToString() =>
        string.Join(Environment.NewLine, Frames.Select(frame => $"   at {frame}").Prepend($"thread {Thread}"));
}
