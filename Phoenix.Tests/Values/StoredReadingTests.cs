using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.Model;
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
