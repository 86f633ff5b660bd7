using System.Text.Encodings.Web;
using System.Text.Json;

namespace Phoenix.Json;

/// <summary>Names the members in which two JSON documents differ. Numbers are compared by value: 5 equals 5.00.</summary>
internal static class JsonDifference
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Shown(JsonElement element) => JsonSerializer.Serialize(element, Readable);

    public static IReadOnlyList<string> Between(
        JsonElement expected, JsonElement found, string path = "", string expectedWord = "expected", string foundWord = "found")
    {
        var differences = new List<string>();
        Compare(expected, found, path, new(expectedWord, foundWord, differences));
        return differences;
    }

    private static void Compare(JsonElement expected, JsonElement found, string path, Report report)
    {
        if (JsonElement.DeepEquals(expected, found)) return;
        if (expected.ValueKind == JsonValueKind.Object && found.ValueKind == JsonValueKind.Object) CompareMembers(expected, found, path, report);
        else if (expected.ValueKind == JsonValueKind.Array && found.ValueKind == JsonValueKind.Array) CompareItems(expected, found, path, report);
        else report.Add(path, Shown(expected), Shown(found));
    }

    private static void CompareMembers(JsonElement expected, JsonElement found, string path, Report report)
    {
        var prefix = path.Length == 0 ? "" : $"{path}.";
        foreach (var member in expected.EnumerateObject())
        {
            if (found.TryGetProperty(member.Name, out var other)) Compare(member.Value, other, prefix + member.Name, report);
            else report.Add(prefix + member.Name, Shown(member.Value), "no such member");
        }

        foreach (var member in found.EnumerateObject().Where(member => !expected.TryGetProperty(member.Name, out _)))
            report.Add(prefix + member.Name, "no such member", Shown(member.Value));
    }

    private static void CompareItems(JsonElement expected, JsonElement found, string path, Report report)
    {
        var (expectedLength, foundLength) = (expected.GetArrayLength(), found.GetArrayLength());
        for (var i = 0; i < Math.Max(expectedLength, foundLength); i++)
        {
            var item = $"{path}[{i}]";
            if (i >= foundLength) report.Add(item, Shown(expected[i]), "nothing");
            else if (i >= expectedLength) report.Add(item, "nothing", Shown(found[i]));
            else Compare(expected[i], found[i], item, report);
        }
    }

    private sealed record Report(string ExpectedWord, string FoundWord, List<string> Lines)
    {
        public void Add(string path, string expected, string found) =>
            Lines.Add($"{(path.Length == 0 ? "the value" : path)}: {ExpectedWord} {expected}, {FoundWord} {found}");
    }
}
