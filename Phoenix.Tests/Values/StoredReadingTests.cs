using System.Text.Json;
using Phoenix.Dispatch;
using Xunit;

namespace Phoenix.Tests.Values;

/// <summary>What was stored, perhaps years ago and with members in another order, is read.</summary>
public sealed class StoredReadingTests
{
    [Fact]
    public void a_member_that_was_made_required_later_gets_its_default() => Assert.Null(Read<Must>("{}").Text);

    [Fact]
    public void a_kind_is_known_wherever_its_name_stands() =>
        Assert.Equal(new Long(1, "x"), Read<Kind>("""{"a":1,"b":"x","$type":"a-kind-with-a-long-name"}"""));

    [Fact]
    public void a_time_with_an_offset_is_the_same_time_on_every_machine()
    {
        var time = Read<Plain>("""{"dateTime":"2026-01-01T12:00:00+02:00"}""").DateTime!.Value;
        Assert.Equal((new DateTime(2026, 1, 1, 10, 0, 0), DateTimeKind.Utc), (time, time.Kind));
    }

    /// <summary>
    /// Decision 0020: the place of an envelope is ours in whatever is stored or sent, and no build reads past one that it cannot open.
    /// </summary>
    [Theory]
    [InlineData("""{"$phoenix":{"key":"k-1","data":"AAAA"}}""")]
    [InlineData("""{"text":"t","$phoenix":null}""")]
    public void what_stands_in_an_envelope_is_refused_and_not_read_as_nothing(string json)
    {
        Assert.Contains("envelope", Assert.Throws<JsonException>(() => Read<Plain>(json)).Message, StringComparison.Ordinal);
        Assert.Contains("envelope", Assert.Throws<JsonException>(() => Read<Must>(json)).Message, StringComparison.Ordinal);
        Assert.Contains("envelope", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Plain>(json, PhoenixJson.Message)).Message, StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => Read<Kind>(json));
        Assert.Equal(json.StartsWith("{\"$phoenix", StringComparison.Ordinal), Phoenix.Json.Envelope.Holds(json));
    }

    [Fact]
    public void nothing_of_ours_is_written() => Assert.DoesNotContain("$phoenix", Json(new Plain(Text: "t")), StringComparison.Ordinal);

    [Fact]
    public void a_type_with_a_member_of_that_name_is_refused_when_the_domain_is_read()
    {
        var problems = new List<string>();
        JsonShape.Check(typeof(Enveloped), JsonRole.Snapshot, problems);
        Assert.Contains("'$phoenix'", Assert.Single(problems), StringComparison.Ordinal);
    }

    private sealed record Enveloped([property: System.Text.Json.Serialization.JsonPropertyName("$phoenix")] string Own);

    [Fact]
    public void negative_zero_is_plain_json_for_strangers_and_text_for_storage()
    {
        Assert.Equal("[-0]", JsonSerializer.Serialize(new[] { -0.0 }, PhoenixJson.Reply));
        Assert.Equal("""["-0"]""", JsonSerializer.Serialize(new[] { -0.0 }, PhoenixJson.State));
        Assert.True(double.IsNegative(Read<double>("\"-0\"")));
    }

    [Fact]
    public void an_event_whose_type_proves_it_is_taken_as_it_is()
    {
        var readBack = new EventReadBack([typeof(PlainPut), typeof(RichPut)]);
        var plain = new PlainPut(new(Text: "t"));
        var rich = new RichPut(new() { Map = new() { ["bb"] = 1, ["a"] = 2 } });

        Assert.Same(plain, readBack.Of(plain, Json(plain)));
        var copy = Assert.IsType<RichPut>(readBack.Of(rich, Json(rich)));
        Assert.NotSame(rich, copy);
        Assert.Equal(["a", "bb"], copy.Value.Map!.Keys);
    }

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, PhoenixJson.State)!;

    private static string Json(object value) => JsonSerializer.Serialize(value, value.GetType(), PhoenixJson.State);
}
