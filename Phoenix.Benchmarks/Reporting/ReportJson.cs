using System.Text.Json;
using System.Text.Json.Nodes;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Reporting;

/// <summary>The report for programs: the headlines by name at the top, the sides with all their rounds below.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(string file, Report report, string notes, Plan plan, Servers servers)
    {
        var json = new JsonObject { ["scenario"] = report.Scenario };
        foreach (var headline in report.Headlines) json[headline.Name] = Rounded(headline.Value);
        json["targets"] = new JsonObject(report.Headlines.Where(headline => headline.Reached is not null).Select(headline => KeyValuePair.Create<string, JsonNode?>(
            headline.Name, new JsonObject { ["atLeast"] = headline.AtLeast, ["atMost"] = headline.AtMost, ["aim"] = headline.Aim, ["reached"] = headline.Reached })));
        json["sides"] = new JsonArray([.. report.Sides.Select(Side)]);
        json["notes"] = notes;
        json["plan"] = JsonSerializer.SerializeToNode(plan, Format);
        json["machine"] = JsonSerializer.SerializeToNode(Machine.This, Format);
        json["postgres"] = JsonSerializer.SerializeToNode(servers.Durability, Format);
        json["broker"] = servers.Kafka?.Kind;
        await File.WriteAllTextAsync(file, json.ToJsonString(Format));
    }

    private static JsonObject Side(SideFigures side) => new()
    {
        ["name"] = side.Side.Name,
        ["what"] = side.Side.What,
        ["perSecond"] = Rounded(side.PerSecond),
        ["p50Ms"] = Rounded(side.P50Ms),
        ["p99Ms"] = Rounded(side.P99Ms),
        ["p999Ms"] = Rounded(side.P999Ms),
        ["cpuMicroseconds"] = Cpu(side.CpuMicroseconds),
        ["allocatedBytes"] = Rounded(side.AllocatedBytes),
        ["othersCores"] = Rounded(side.Disturbance.Others),
        ["stolenCores"] = Rounded(side.Disturbance.Stolen),
        ["warmUpPerSecond"] = new JsonArray([.. side.WarmUp.Select(rate => JsonValue.Create(Rounded(rate)))]),
        ["rounds"] = new JsonArray([.. side.Rounds.Select(round => new JsonObject
        {
            ["perSecond"] = Rounded(round.PerSecond),
            ["p50Ms"] = Rounded(round.Result.P50Ms),
            ["p99Ms"] = Rounded(round.Result.P99Ms),
            ["p999Ms"] = Rounded(round.Result.P999Ms),
            ["maxMs"] = Rounded(round.Result.MaxMs),
            ["cpuMicroseconds"] = Cpu(round.CpuMicroseconds),
            ["othersCores"] = Rounded(round.Disturbance.Others),
            ["stolenCores"] = Rounded(round.Disturbance.Stolen),
        })]),
    };

    private static JsonObject Cpu(CpuShare share) => new()
    {
        ["silo"] = Rounded(share.Silo), ["postgres"] = Rounded(share.Postgres), ["broker"] = Rounded(share.Broker), ["client"] = Rounded(share.Client),
    };

    private static double? Rounded(double? value) => value is { } known ? Math.Round(known, 3) : null;
}
