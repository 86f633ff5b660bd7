using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>The event of the product and of the twins, under the same name and with the same JSON.</summary>
[Event(Name), GenerateSerializer, Immutable]
public sealed record Added([property: Id(0)] long Amount) : IEvent
{
    public const string Name = "bench.added";
}
