#region first-aggregate
using System.Text.Json.Serialization;
using Phoenix;
using Phoenix.Aggregates;
using Phoenix.Model;

namespace Tallies;

// The contract: the address that callers use, and what may be sent to it.
[Aggregate("demo.tally")] public interface ITallyGrain : IAggregateGrain;
[Command("demo.add")] public sealed record Add(int Amount) : ICommand<ITallyGrain>;
[Query("demo.get-value")] public sealed record GetValue : IQuery<ITallyGrain, int>;

// The rules behind it.
[Event("demo.added")] public sealed record Added(int Amount) : IEvent;

public sealed class Tally : Aggregate<ITallyGrain>
{
    [JsonInclude] public int Value { get; private set; }

    // A command becomes events or a rejection; it looks at state and does not change it.
    public Decision Handle(Add command) => command.Amount > 0
        ? Accept(new Added(command.Amount)).WithReply(Value + command.Amount)
        : Reject("not-positive", $"Only positive amounts can be added; found {command.Amount}.");

    // An event changes state; it runs again at every replay.
    public void Apply(Added @event) => Value += @event.Amount;

    // A query is answered from state; nothing is stored.
    public int Answer(GetValue query) => Value;
}

public sealed class TallyGrain : AggregateGrain<Tally>, ITallyGrain; // the Orleans grain
#endregion
