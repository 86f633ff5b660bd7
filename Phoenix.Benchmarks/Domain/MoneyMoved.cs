using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>How a purse changed: by how much its money, and what of it is held.</summary>
[Event(Name), GenerateSerializer, Immutable]
public sealed record MoneyMoved([property: Id(0)] long Money, [property: Id(1)] long Held) : IEvent
{
    public const string Name = "bench.money-moved";
}
