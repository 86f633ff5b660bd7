using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The state as Marten aggregates it.</summary>
public sealed class ReplayedTally
{
    public string Id { get; set; } = "";

    public long Total { get; set; }

    public void Apply(Added @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        Total += @event.Amount;
    }
}
