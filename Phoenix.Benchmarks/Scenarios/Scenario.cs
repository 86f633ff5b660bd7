using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>A scenario: which sides, and what is made of their figures.</summary>
internal abstract class Scenario
{
    public abstract string Name { get; }

    /// <summary>Whether it needs a broker.</summary>
    public virtual bool NeedsKafka => false;

    /// <summary>Whether it begins with stored events, whose number may be chosen.</summary>
    public virtual bool StoresEvents => false;

    /// <summary>Whether it needs another build to compare with.</summary>
    public virtual bool ComparesBuilds => false;

    /// <summary>What it says about itself under its table: where callers live, what is the same on all sides.</summary>
    public abstract string Notes { get; }

    /// <summary>Starts the sides, measures, and makes the report. What it starts is pushed on the stack, and ended for it.</summary>
    public abstract Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation);

    protected static async Task<PartProcess> StartAsync(
        string part, PartSettings settings, Stack<IAsyncDisposable> started, CancellationToken cancellation, string? build = null)
    {
        var process = await PartProcess.StartAsync(part, settings, cancellation, build);
        started.Push(process);
        return process;
    }
}
