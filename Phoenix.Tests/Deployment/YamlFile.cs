using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Phoenix.Tests.Deployment;

/// <summary>Reads YAML as JSON: anchors resolved, numbers and booleans as such.</summary>
internal static class YamlFile
{
    /// <summary>The folder <c>deploy</c> of the repository.</summary>
    public static string Deploy { get; } = Path.Combine(Repository.Root, "deploy");

    /// <summary>All documents of a file.</summary>
    public static IReadOnlyList<JsonNode> Read(string path) => Parse(File.ReadAllText(path));

    public static IReadOnlyList<JsonNode> Parse(string text)
    {
        var parser = new MergingParser(new Parser(new StringReader(text)));
        var deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().WithDuplicateKeyChecking().Build();
        var documents = new List<JsonNode>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _)) documents.Add(Json(deserializer.Deserialize(parser))!);
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
}
