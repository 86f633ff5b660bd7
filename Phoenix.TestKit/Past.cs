using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>Brings given events into a scenario.</summary>
internal static class Past
{
    public static Scenario Add(Scenario scenario, IEvent @event)
    {
        if (@event is null) throw new SpecificationException("A given event is null; every event is an object.");
        var stored = RoundTrip.Of(@event, PhoenixJson.State, "The given event");
        var aggregate = scenario.Restore();
        try
        {
            scenario.Model.Apply(aggregate, stored);
        }
        catch (Exception exception)
        {
            throw new SpecificationException(
                $"The given event {Text.Of(@event)} cannot be applied at version {scenario.Version + 1} of {scenario.Model.Name}: {exception.Message}", exception);
        }

        return scenario.Keep(aggregate, scenario.Version + 1);
    }
}
