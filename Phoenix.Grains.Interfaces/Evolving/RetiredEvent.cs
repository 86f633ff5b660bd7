using Phoenix.Model;

namespace Phoenix.Evolving;

/// <summary>Stands for every stored event that was retired: it changes nothing.</summary>
internal sealed record RetiredEvent : IEvent
{
    public static RetiredEvent Instance { get; } = new();
}
