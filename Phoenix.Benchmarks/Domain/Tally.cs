using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>The aggregate that is measured: one number, one event a command. The twins keep the same number from the same event.</summary>
[Aggregate(Name)]
public sealed class Tally : Aggregate
{
    public const string Name = "bench.tally";

    [JsonInclude] public long Total { get; private set; }

    public Decision Handle(Add command) => Total + command.Amount >= 0
        ? Accept(new Added(command.Amount))
        : Reject("below-zero", $"{Total} and {command.Amount} is less than zero.");

    public void Apply(Added @event) => Total += @event.Amount;

    public long Answer(GetTotal _) => Total;
}
