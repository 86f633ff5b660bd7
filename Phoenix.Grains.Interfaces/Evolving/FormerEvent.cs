using System.Text.Json;
using System.Text.Json.Nodes;
using Phoenix.Model;

namespace Phoenix.Evolving;

/// <summary>How events are read that stand in the log under a name which nothing writes any more.</summary>
/// <param name="stored">The name in the log.</param>
/// <param name="type">What they are read as.</param>
/// <param name="steps">What makes one version the next, in order; none when only the name has changed.</param>
internal sealed class FormerEvent(StoredName stored, Type type, IReadOnlyList<EvolutionStep> steps)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The name in the log.</summary>
    public string StoredName { get; } = stored.ToString();

    /// <summary>What they are read as: an event of the domain, or <see cref="RetiredEvent"/>.</summary>
    public Type Type => type;

    /// <summary>The name of today; null when they are retired.</summary>
    public string? Name { get; } = type == typeof(RetiredEvent) ? null : LogicalName.Of(type);

    /// <summary>What makes one version the next, in order.</summary>
    public IReadOnlyList<EvolutionStep> Steps => steps;

    /// <summary>Reads one.</summary>
    /// <param name="json">The event as it is stored, UTF-8.</param>
    /// <exception cref="JsonException">It cannot be read, or a step failed; the message says which.</exception>
    public object Read(ReadOnlyMemory<byte> json)
    {
        if (Name is null) return RetiredEvent.Instance;
        EvolvingInstruments.Read(StoredName, steps.Count);
        return Read(json, out _);
    }

    /// <summary>The same event as JSON, as it would be stored today. Retired events stay as they are.</summary>
    public ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> json) =>
        Name is null ? json : JsonSerializer.SerializeToUtf8Bytes(Read(json), type, PhoenixJson.State);

    /// <summary>Reads one, and tells what the last step made where it made JSON.</summary>
    internal object Read(ReadOnlyMemory<byte> json, out JsonObject? written)
    {
        object? value = null;
        written = null;
        foreach (var step in steps)
        {
            if (step.Json is { } change)
            {
                var node = written ??= value is null ? Parse(json) : ToNode(value);
                value = null;
                Take(step, node, changed =>
                {
                    change(changed);
                    return changed;
                });
            }
            else
            {
                value = Take(step, value ?? Deserialize(written, json, step.Types!.Old), step.Types!.Change);
                written = null;
            }
        }

        return value ?? Deserialize(written, json, type);
    }

    private object Take<T>(EvolutionStep step, T from, Func<T, object?> change)
    {
        try
        {
            return change(from) ?? throw new JsonException("It gave null.");
        }
        catch (Exception exception)
        {
            throw new JsonException($"The upcaster of '{StoredName}' from version {step.From} to {step.From + 1} failed.", exception);
        }
    }

    private object Deserialize(JsonObject? node, ReadOnlyMemory<byte> json, Type wanted)
    {
        var read = node is null
            ? JsonSerializer.Deserialize(json.Span, wanted, PhoenixJson.State)
            : node.Deserialize(wanted, PhoenixJson.State);
        return read ?? throw new JsonException($"An event '{StoredName}' is null.");
    }

    private static JsonObject ToNode(object value) => (JsonObject)JsonSerializer.SerializeToNode(value, value.GetType(), PhoenixJson.State)!;

    private JsonObject Parse(ReadOnlyMemory<byte> json) => JsonNode.Parse(json.Span, null, Strict) as JsonObject
        ?? throw new JsonException($"An event '{StoredName}' is no JSON object.");
}

/// <summary>From one version to the next.</summary>
/// <param name="From">The version that it takes.</param>
/// <param name="Json">The change, when it is of JSON.</param>
/// <param name="Types">The change, when it is of types.</param>
internal sealed record EvolutionStep(int From, Action<JsonObject>? Json, TypeUpcast? Types);
