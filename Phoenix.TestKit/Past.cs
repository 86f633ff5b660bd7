using Phoenix.Evolving;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>Brings given events into a scenario.</summary>
internal static class Past
{
    public static Scenario Add(Scenario scenario, IEvent @event)
    {
        if (@event is null) throw new SpecificationException("A given event is null; every event is an object.");
        return Apply(scenario, RoundTrip.Of(@event, PhoenixJson.State, "The given event"), Text.Of(@event));
    }

    public static Scenario AddStored(Scenario scenario, string name, string json)
    {
        var (model, evolution) = AggregateSpecification.EvolutionOf(scenario.Model.Type);
        var read = new StoredReading(model, evolution).Of(name, json);
        return read.Event is RetiredEvent
            ? scenario with { Version = scenario.Version + 1 }
            : Apply(scenario, (IEvent)read.Event, $"{name} {json}, read as {Text.Of(read.Event)},");
    }

    private static Scenario Apply(Scenario scenario, IEvent stored, string shown)
    {
        var aggregate = scenario.Restore();
        try
        {
            scenario.Model.Apply(aggregate, stored);
        }
        catch (Exception exception)
        {
            throw new SpecificationException(
                $"The given event {shown} cannot be applied at version {scenario.Version + 1} of {scenario.Model.Name}: {exception.Message}", exception);
        }

        return scenario.Keep(aggregate, scenario.Version + 1);
    }
}
