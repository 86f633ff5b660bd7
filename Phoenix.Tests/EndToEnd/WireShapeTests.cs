using System.Text.Json;
using System.Text.RegularExpressions;
using Phoenix.Tests.Values;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// The table of JSON shapes in docs/wire.md, as a stranger reads it: what it says may be sent is kept over a restart, and what it says may
/// not is told.
/// </summary>
[Trait("Category", "Servers")]
public sealed partial class WireShapeTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private RunningService _service = null!;

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task what_the_page_says_of_json_is_so()
    {
        var rows = Rows().ToList();
        Assert.True(rows.Count >= 18, "The page has its table.");
        var (kept, refused) = (rows.SelectMany(row => row.Kept).ToList(), rows.SelectMany(row => row.Refused).ToList());
        Assert.All(kept, example => Assert.Contains("\":", example, StringComparison.Ordinal));

        var accepted = await Task.WhenAll(kept.Select((example, place) => _service.Wire.RequestAsync(Put($"kept-{place}", example))));
        Assert.Empty(kept.Zip(accepted).Where(pair => pair.Second.Status != "accepted").Select(pair => $"{pair.First}: {pair.Second.Json}"));
        var failed = await Task.WhenAll(refused.Select((example, place) => _service.Wire.RequestAsync(Put($"refused-{place}", example))));
        Assert.Empty(refused.Zip(failed).Where(pair => pair.Second.Code != "undecodable" || !NamesMember(pair.First, pair.Second))
            .Select(pair => $"{pair.First}: {pair.Second.Json}"));
        Assert.All(failed, reply =>
        {
            Assert.DoesNotContain("System.", reply.Json.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain("Phoenix.", reply.Json.GetRawText(), StringComparison.Ordinal);
        });

        var live = await AnswersAsync(kept.Count);
        await _service.StopSiloAsync();
        await _service.StartSiloAsync();
        Assert.Equal(live, await AnswersAsync(kept.Count));
        foreach (var (example, answer) in kept.Zip(live))
        {
            var sent = JsonElement.Parse($"{{{example}}}").EnumerateObject().Single();
            var got = JsonElement.Parse(answer).GetProperty(HolderOf(sent.Name)).GetProperty(sent.Name);
            Assert.True(sent.Value.ValueKind == JsonValueKind.Object || sent.Name == "dateTime" || JsonElement.DeepEquals(sent.Value, got), $"{example} became {got}");
        }
    }

    private static IEnumerable<(List<string> Kept, List<string> Refused)> Rows() =>
        File.ReadLines(Path.Combine(Repository.Root, "docs", "wire.md"))
            .SkipWhile(line => !line.StartsWith("| in the domain |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|')).Select(cells => (ExamplesIn(cells[2]), ExamplesIn(cells[3])));

    private static List<string> ExamplesIn(string cell) => [.. Example().Matches(cell).Select(match => match.Groups[1].Value)];

    private static string HolderOf(string member) =>
        typeof(Plain).GetProperties().Any(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == member) ? "plain" : "rich";

    private static string MemberOf(string example) => example.Split('"')[1];

    private static bool NamesMember(string example, WireRecord reply) =>
        reply.Json.GetProperty("message").GetString()!.Contains($"$.value.{MemberOf(example)}", StringComparison.Ordinal);

    private WireRequest Put(string key, string example) => _service.Shapes(key, $"put-{HolderOf(MemberOf(example))}", "{\"value\":{" + example + "}}");

    private async Task<string[]> AnswersAsync(int count)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, count).Select(place => _service.Wire.RequestAsync(_service.Shapes($"kept-{place}", "get-shapes", "{}"))));
        return [.. replies.Select(reply => reply.Json.GetProperty("answer").GetRawText())];
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Example();
}
