using System.Text.Json;
using Phoenix.Json;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>
/// Stored samples: a file for each event and version that was ever written, kept for ever beside the tests, with what it must be read as.
/// They hold the rules of <see cref="Phoenix.Evolving.Evolution"/> at every build.
/// <code>
/// EventSamples.Of&lt;Account&gt;("Samples/Account").ThenAllAreRead();
/// </code>
/// </summary>
public static class EventSamples
{
    /// <summary>The samples of an aggregate's events.</summary>
    /// <typeparam name="TAggregate">The rules that apply them.</typeparam>
    /// <param name="folder">
    /// Where they are: a path, or one beside the test's own assembly, to which the project copies them. The file of an event stored as
    /// <c>shop.account-opened_v2</c> is <c>shop.account-opened_v2.json</c>, and holds
    /// <c>{ "stored": { ... }, "name": "shop.account-opened_v3", "read": { ... } }</c>: the event as it stands in the log, and the event
    /// that it is read as. For one that is retired it holds <c>stored</c> alone.
    /// </param>
    /// <exception cref="SpecificationException">There is no such folder.</exception>
    /// <exception cref="ModelException">A host would refuse the rules; the message lists all mistakes.</exception>
    public static EventSamples<TAggregate> Of<TAggregate>(string folder) where TAggregate : Aggregate
    {
        ArgumentNullException.ThrowIfNull(folder);
        var path = Path.GetFullPath(folder, AppContext.BaseDirectory);
        if (!Directory.Exists(path))
        {
            throw new SpecificationException($"There is no folder '{path}' with samples. Make it, and let the project copy it: "
                + $"<None Update=\"{folder}/**\" CopyToOutputDirectory=\"PreserveNewest\" />.");
        }

        var (model, evolution) = AggregateSpecification.EvolutionOf(typeof(TAggregate));
        var revisions = evolution.Touching(model).Select(rules => $"{rules.Type.Name} ({rules.Revision})");
        return new(path, new(model, evolution), string.Join(", ", revisions));
    }
}

/// <summary>The samples of one aggregate's events.</summary>
/// <typeparam name="TAggregate">The rules that apply them.</typeparam>
public sealed class EventSamples<TAggregate> where TAggregate : Aggregate
{
    private readonly StoredReading _reading;
    private readonly string _folder;
    private readonly string _revisions;

    internal EventSamples(string folder, StoredReading reading, string revisions) =>
        (_folder, _reading, _revisions) = (folder, reading, revisions);

    /// <summary>
    /// Every sample is read as it says, and each name and version that nothing writes any more has one. Upcasters run twice, and must give
    /// the same.
    /// </summary>
    /// <exception cref="SpecificationException">It is not so; the message lists all that is wrong, and what a sample would be.</exception>
    public EventSamples<TAggregate> ThenAllAreRead() => Check(_reading.FormerNames);

    /// <summary>The same, and the events of today have samples, too: whoever changes one finds the old one kept.</summary>
    /// <exception cref="SpecificationException">It is not so.</exception>
    public EventSamples<TAggregate> ThenNoneIsMissing() => Check(_reading.Names);

    private EventSamples<TAggregate> Check(IEnumerable<string> wanted)
    {
        var files = Directory.GetFiles(_folder, "*.json")
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);
        List<string> problems =
        [
            .. wanted.Where(name => !files.ContainsKey(name)).Select(name => $"There is no sample '{name}.json'. Take one from a log: "
                + "{ \"stored\": { ... }, \"name\": \"...\", \"read\": { ... } }"),
            .. files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => Problem(file.Key, file.Value)).OfType<string>(),
        ];
        return problems.Count == 0
            ? this
            : throw new SpecificationException($"Stored samples of {typeof(TAggregate)}:{Text.Lines(problems)}");
    }

    private string? Problem(string name, string file)
    {
        try
        {
            using var sample = JsonDocument.Parse(File.ReadAllText(file));
            if (sample.RootElement.ValueKind != JsonValueKind.Object || !sample.RootElement.TryGetProperty("stored", out var stored))
                return $"'{name}.json' has no member \"stored\" with the event as it stands in the log.";
            var read = _reading.Of(name, stored.GetRawText());
            var expectedName = sample.RootElement.TryGetProperty("name", out var named) ? named.GetString() : null;
            if (read.Name != expectedName)
                return $"'{name}.json': expected to be read as {Named(expectedName)}, found {Named(read.Name)}.";
            if (read.Name is null) return null;
            if (!sample.RootElement.TryGetProperty("read", out var expected))
                return $"'{name}.json' has no member \"read\"; it is read as {Text.Of(read.Json)}.";
            var differences = JsonDifference.Between(expected, read.Json);
            return differences.Count == 0 ? null
                : $"'{name}.json' is read otherwise: {string.Join("; ", differences)}. If what is found is right, write it into the sample "
                    + $"and raise the Revision of the rules{(_revisions.Length > 0 ? $", {_revisions}" : "")}: "
                    + "snapshots from before it are then not used any more.";
        }
        catch (Exception exception) when (exception is JsonException or SpecificationException or InvalidOperationException)
        {
            return $"'{name}.json': {exception.Message}";
        }
    }

    private static string Named(string? name) => name is null ? "nothing (retired)" : $"'{name}'";
}
