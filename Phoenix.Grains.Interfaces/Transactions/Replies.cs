using System.Text.Json;

namespace Phoenix.Transactions;

/// <summary>What the accepted steps of a transaction replied.</summary>
public sealed class Replies
{
    private readonly IReadOnlyDictionary<string, string?> _byStep;

    internal Replies(IReadOnlyDictionary<string, string?> byStep) => _byStep = byStep;

    /// <summary>The reply value of a step, or default when it gave none or an operator skipped it.</summary>
    /// <exception cref="ModelException">The step is not among those that are accepted at this point of the plan.</exception>
    /// <exception cref="JsonException">The reply is not of this type.</exception>
    public T? Of<T>(string step)
    {
        if (!_byStep.TryGetValue(step, out var json))
            throw new ModelException($"The step '{step}' has no reply here; known are {(_byStep.Count == 0 ? "none" : string.Join(", ", _byStep.Keys.Select(name => $"'{name}'")))}. Only earlier stages have replied.");
        return json is null ? default : JsonSerializer.Deserialize<T>(json, PhoenixJson.State);
    }
}
