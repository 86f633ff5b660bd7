using System.Reflection;
using System.Text.Json;
using Phoenix.Json;

namespace Phoenix.Dispatch;

/// <summary>The state before the first event, as a snapshot would give it back.</summary>
internal static class InitialState
{
    public static void Check(Type type, List<string> problems)
    {
        try
        {
            var written = JsonSerializer.SerializeToElement(Activator.CreateInstance(type), type, PhoenixJson.State);
            var copy = written.Deserialize(type, PhoenixJson.State);
            foreach (var difference in JsonDifference.Between(written, JsonSerializer.SerializeToElement(copy, type, PhoenixJson.State), "", "written", "read back"))
                problems.Add($"{type} in its initial state does not survive a snapshot: {difference}.");
        }
        catch (Exception exception)
        {
            var cause = exception is TargetInvocationException { InnerException: { } thrown } ? thrown : exception;
            problems.Add($"{type} in its initial state does not survive a snapshot: {cause.Message}");
        }
    }
}
