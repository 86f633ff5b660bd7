using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>Names what differs between expected and raised events.</summary>
internal static class EventDifference
{
    public static IReadOnlyList<string> Between(IReadOnlyList<IEvent> expected, IReadOnlyList<IEvent> found)
    {
        var differences = new List<string>();
        for (var i = 0; i < Math.Max(expected.Count, found.Count); i++)
        {
            var place = $"event {i + 1}";
            if (i >= found.Count) differences.Add($"{place} is missing: {Text.Of(expected[i])}");
            else if (i >= expected.Count) differences.Add($"{place} is one too many: {Text.Of(found[i])}");
            else if (expected[i].GetType() != found[i].GetType()) differences.Add($"{place}: expected {NameOf(expected[i])}, found {NameOf(found[i])}");
            else differences.AddRange(JsonDifference.Between(Text.AsElement(expected[i]), Text.AsElement(found[i])).Select(difference => $"{place}, {difference}"));
        }

        return differences;
    }

    private static string NameOf(IEvent @event) => LogicalNames.Of(@event.GetType());
}
