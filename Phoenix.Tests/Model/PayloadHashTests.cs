using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Phoenix.Messages;
using Phoenix.Model;
using Xunit;

namespace Phoenix.Tests.Model;

/// <summary>Guarantee 1: the same id with other content is refused, so the same content must hash alike whatever way it came.</summary>
public sealed class PayloadHashTests
{
    public enum Speed
    {
        Slow,
        Fast,
    }

    [Theory]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5.00,"note":"n"}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"note":"n","amount":5}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{ "amount" : 5e0 , "note" : "\u006e" }""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","unknown":1}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","speed":"Slow","urgent":false,"limit":null}""")]
    [InlineData("""{"amount":5,"note":"n","speed":1}""", """{"amount":5,"note":"n","speed":"Fast"}""")]
    [InlineData("""{"amount":0,"note":"n"}""", """{"amount":0.00,"note":"n"}""")]
    [InlineData("""{"amount":5,"note":"n","limit":0}""", """{"amount":5,"note":"n","limit":0.0}""")]
    [InlineData("""{"amount":5,"note":"n","parts":[1.10]}""", """{"amount":5,"note":"n","parts":[1.1]}""")]
    public void the_same_content_hashes_alike(string one, string other) => Assert.Equal(HashOf(one), HashOf(other));

    [Theory]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5.01,"note":"n"}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":-5,"note":"n"}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"N"}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","limit":0}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","speed":"Fast"}""")]
    [InlineData("""{"amount":5,"note":"n","parts":[1,2]}""", """{"amount":5,"note":"n","parts":[2,1]}""")]
    public void other_content_hashes_otherwise(string one, string other) => Assert.NotEqual(HashOf(one), HashOf(other));

    [Fact]
    public void the_name_is_part_of_the_content() =>
        Assert.NotEqual(CommandMessage.HashOf("tests.pay", new Payment(1, "n")), CommandMessage.HashOf("tests.pay_v2", new Payment(1, "n")));

    [Fact]
    public void a_hash_has_16_bytes_and_never_changes() => Assert.Equal(
        "4ea1545252a70f70b8c3065944f92745", Convert.ToHexStringLower(CommandMessage.HashOf("tests.pay", new Payment(5, "n"))));

    [Fact]
    public void a_decimal_hashes_by_value_and_not_by_scale() =>
        Gen.Select(Gen.Int[-1_000_000, 1_000_000], Gen.Int[0, 6], Gen.Int[0, 6]).Sample((digits, scale, zeros) =>
        {
            var value = new decimal(Math.Abs(digits), 0, 0, digits < 0, (byte)scale);
            var padded = decimal.Parse(value.ToString(CultureInfo.InvariantCulture) + (scale > 0 ? new string('0', zeros) : ""), CultureInfo.InvariantCulture);
            return value == padded && Hash(value).AsSpan().SequenceEqual(Hash(padded)) && !Hash(value).AsSpan().SequenceEqual(Hash(value + 1));
        });

    [Fact]
    public void what_was_sent_hashes_as_what_arrives() =>
        Gen.Select(Gen.Decimal, Gen.String, Gen.Bool, Gen.Decimal.Array[0, 4]).Sample((amount, note, urgent, parts) =>
        {
            // Half of a surrogate pair is no text; JSON replaces it.
            if (note.Any(char.IsSurrogate)) return true;
            var sent = new Payment(amount, note, Urgent: urgent, Parts: parts);
            var json = JsonSerializer.SerializeToUtf8Bytes(sent, PhoenixJson.Message);
            var arrived = JsonSerializer.Deserialize<Payment>(json, PhoenixJson.Message)!;
            return CommandMessage.HashOf("tests.pay", sent).AsSpan().SequenceEqual(CommandMessage.HashOf("tests.pay", arrived));
        });

    private static byte[] Hash(decimal amount) => CommandMessage.HashOf("tests.pay", new Payment(amount, "n"));

    private static string HashOf(string json) => Convert.ToHexStringLower(
        CommandMessage.HashOf("tests.pay", JsonSerializer.Deserialize<Payment>(Encoding.UTF8.GetBytes(json), PhoenixJson.Message)!));

    private sealed record Payment(
        decimal Amount, string Note, Speed Speed = Speed.Slow, bool Urgent = false, decimal? Limit = null, IReadOnlyList<decimal>? Parts = null);
}
