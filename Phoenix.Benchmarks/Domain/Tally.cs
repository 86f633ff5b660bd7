using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>The aggregate that is measured: one number, one event a command. The twins keep the same number from the same event.</summary>
public sealed class Tally : Aggregate<ITallyGrain>
{
    public const string Name = "bench.tally";

    [JsonInclude] public long Total { get; private set; }

    public Decision Handle(Add command) => Problem(command.Amount) ?? Accept(new Added(command.Amount));

    public Decision Handle(AddLater command) => Problem(command.Amount)
        ?? Accept(new Added(command.Amount)).In(TimeSpan.FromDays(1), "later", new Add(command.Amount));

    public Decision Handle(AddElsewhere command) => Problem(command.Amount)
        ?? Accept(new Added(command.Amount)).ThenSend(command.Other, new Add(command.Amount));

    public void Apply(Added @event) => Total += @event.Amount;

    public long Answer(GetTotal _) => Total;

    private Decision? Problem(long amount) =>
        Total + amount >= 0 ? null : Reject("below-zero", $"{Total} and {amount} is less than zero.");
}
