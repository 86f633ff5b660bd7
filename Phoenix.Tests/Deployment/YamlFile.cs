using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace Phoenix.Tests.Deployment;

/// <summary>Reads YAML as JSON: anchors resolved, numbers and booleans as such.</summary>
internal static class YamlFile
{
    /// <summary>The folder <c>deploy</c> of the repository.</summary>
    public static string Deploy { get; } = Path.Combine(Root(), "deploy");

    /// <summary>All documents of a file.</summary>
    public static IReadOnlyList<JsonNode> Read(string path) => Parse(File.ReadAllText(path));

    public static IReadOnlyList<JsonNode> Parse(string text)
    {
        var parser = new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(new StringReader(text)));
        var deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build();
        var documents = new List<JsonNode>();
        parser.MoveNext();
        while (parser.MoveNext())
        {
            if (parser.Current is not YamlDotNet.Core.Events.DocumentStart) continue;
            documents.Add(Json(deserializer.Deserialize(parser))!);
            // The deserializer has left the parser at the end of the document or beyond it.
            if (parser.Current is YamlDotNet.Core.Events.DocumentStart) throw new InvalidOperationException("Two documents were read as one.");
        }

        return documents;
    }

    private static JsonNode? Json(object? value) => value switch
    {
        null => null,
        IDictionary<object, object?> map => new JsonObject(map.Select(entry => KeyValuePair.Create((string)entry.Key, Json(entry.Value)))),
        IEnumerable<object?> list => new JsonArray([.. list.Select(Json)]),
        bool flag => JsonValue.Create(flag),
        string text => JsonValue.Create(text),
        IConvertible number => JsonValue.Create(number.ToInt64(System.Globalization.CultureInfo.InvariantCulture)),
        _ => throw new NotSupportedException($"{value.GetType()} in YAML."),
    };

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../.."));
}
