using System.Text.Json.Nodes;

namespace Phoenix.Tests.Deployment;

/// <summary>RFC 6902, as far as our overlays go: add and replace.</summary>
internal static class JsonPatch
{
    public static void Apply(JsonNode document, JsonObject operation)
    {
        var path = ((string)operation["path"]!).Split('/').Skip(1).Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
        var parent = path.SkipLast(1).Aggregate(document, (node, part) => (node is JsonArray list ? list[Index(part)] : node[part]) ?? throw new InvalidOperationException($"No '{part}' in {operation["path"]}."));
        var value = operation["value"]?.DeepClone();
        switch ((string?)operation["op"], parent)
        {
            case ("add", JsonArray list) when path[^1] == "-":
                list.Add(value);
                break;
            case ("replace", JsonArray list):
                list[Index(path[^1])] = value;
                break;
            case ("add", JsonObject map):
                map[path[^1]] = value;
                break;
            case ("replace", JsonObject map) when map.ContainsKey(path[^1]):
                map[path[^1]] = value;
                break;
            default:
                throw new InvalidOperationException($"Cannot {operation["op"]} {operation["path"]}.");
        }
    }

    private static int Index(string part) => int.Parse(part, System.Globalization.CultureInfo.InvariantCulture);
}
