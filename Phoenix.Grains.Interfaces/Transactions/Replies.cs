using System.Text.Json;

namespace Phoenix.Transactions;

/// <summary>What the accepted steps of a transaction replied.</summary>
public sealed class Replies
{
    private readonly IReadOnlyDictionary<string, StepAnswer.Accepted?> _byStep;

    internal Replies(IReadOnlyDictionary<string, StepAnswer.Accepted?> byStep) => _byStep = byStep;

    /// <summary>The reply value of a step, or default when it gave none or an operator skipped it.</summary>
    /// <exception cref="ModelException">The step is not among those that are accepted at this point of the plan.</exception>
    /// <exception cref="JsonException">The reply is not of this type.</exception>
    public T? Of<T>(string step)
    {
        if (!_byStep.TryGetValue(step, out var accepted))
            throw new ModelException($"The step '{step}' has no reply here; known are {(_byStep.Count == 0 ? "none" : string.Join(", ", _byStep.Keys.Select(name => $"'{name}'")))}. Only earlier stages have replied.");
        if (accepted is { IsReplyLeftOut: true }) throw new ReplyLeftOutException(step);
        return accepted?.ReplyJson is { } json ? JsonSerializer.Deserialize<T>(json, PhoenixJson.State) : default;
    }
}
