using System.Collections.Immutable;
using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>
/// An aggregate's state and surroundings at one point of a specification. State is kept as JSON: every step starts from what a snapshot
/// would give back.
/// </summary>
internal sealed record Scenario
{
    private Scenario(AggregateModel model, JsonElement state) => (Model, State) = (model, state);

    public AggregateModel Model { get; }
    public JsonElement State { get; init; }
    public long Version { get; init; }
    public string AggregateId { get; init; } = "1";
    public DateTimeOffset Now { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public string? Principal { get; init; }
    public string? CorrelationId { get; init; }
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;
    public ImmutableDictionary<Type, object> Services { get; init; } = ImmutableDictionary<Type, object>.Empty;
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);
    public int CommandCount { get; init; }
    public ImmutableDictionary<string, ScenarioTimer> Timers { get; init; } = ImmutableDictionary<string, ScenarioTimer>.Empty;

    public static Scenario Of(AggregateModel model) => new(model, StateOf(RoundTrip.Of(model.Create(), PhoenixJson.State, "The initial state")));

    public Aggregate Restore() => (Aggregate)State.Deserialize(Model.Type, PhoenixJson.State)!;

    /// <summary>The scenario with the aggregate's state in place of its own.</summary>
    public Scenario Keep(Aggregate aggregate, long version)
    {
        RoundTrip.Of(aggregate, PhoenixJson.State, "The state");
        return this with { State = StateOf(aggregate), Version = version };
    }

    public static JsonElement StateOf(Aggregate aggregate) => JsonSerializer.SerializeToElement(aggregate, aggregate.GetType(), PhoenixJson.State);
}
