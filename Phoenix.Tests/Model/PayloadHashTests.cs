using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using Phoenix.Messages;
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
    [InlineData("""{"note":"n","amount":5.0,"speed":"Fast"}""", """{"amount":5,"note":"n","speed":"Fast"}""")]
    [InlineData("""{"amount":0,"note":"n"}""", """{"amount":0.00,"note":"n"}""")]
    [InlineData("""{"amount":5,"note":"n","limit":0}""", """{"amount":5,"note":"n","limit":0.0}""")]
    [InlineData("""{"amount":5,"note":"n","parts":[1.10]}""", """{"amount":5,"note":"n","parts":[1.1]}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","currency":"EUR","retries":3,"labels":[]}""")]
    [InlineData("""{"amount":5,"note":"n","map":{"a":1,"b":{"x":1,"y":2}}}""", """{"amount":5,"note":"n","map":{"b":{"y":2,"x":1},"a":1}}""")]
    [InlineData("""{"amount":5,"note":"n","tags":["a","b","c"]}""", """{"amount":5,"note":"n","tags":["c","a","b"]}""")]
    [InlineData("""{"amount":5,"note":"n","labels":["a","b"]}""", """{"amount":5,"note":"n","labels":["b","a"]}""")]
    [InlineData("""{"amount":5,"note":"n","at":"2026-01-01T12:00:00+02:00"}""", """{"amount":5,"note":"n","at":"2026-01-01T10:00:00Z"}""")]
    public void the_same_content_hashes_alike(string one, string other) => Assert.Equal(HashOf(one), HashOf(other));

    [Theory]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5.01,"note":"n"}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":-5,"note":"n"}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"N"}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","limit":0}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","speed":"Fast"}""")]
    [InlineData("""{"amount":5,"note":"n","parts":[1,2]}""", """{"amount":5,"note":"n","parts":[2,1]}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","currency":""}""")]
    [InlineData("""{"amount":5,"note":"n"}""", """{"amount":5,"note":"n","retries":0}""")]
    [InlineData("""{"amount":5,"note":"n","map":{"a":1}}""", """{"amount":5,"note":"n","map":{"a":"1"}}""")]
    [InlineData("""{"amount":5,"note":"n","tags":["a"]}""", """{"amount":5,"note":"n","tags":["a","b"]}""")]
    public void other_content_hashes_otherwise(string one, string other) => Assert.NotEqual(HashOf(one), HashOf(other));

    [Fact]
    public void the_name_is_part_of_the_content() =>
        Assert.NotEqual(CommandMessage.HashOf("tests.pay", new Payment(1, "n")), CommandMessage.HashOf("tests.pay_v2", new Payment(1, "n")));

    // What is in ledgers: it must come out in every process, on every machine, of every later build.
    [Theory]
    [InlineData("""{"amount":5,"note":"n"}""", "4ea1545252a70f70b8c3065944f92745")]
    [InlineData("""{"amount":5,"note":"n","tags":["c","a","b"],"labels":["b","a"],"map":{"b":{"y":2},"a":1},"at":"2026-07-01T12:00:00+02:00"}""", "772e2100986d2fa2cc3d572b049a4fd3")]
    public void a_hash_has_16_bytes_and_never_changes(string json, string hash) => Assert.Equal(hash, HashOf(json));

    [Theory]
    [InlineData("Asia/Kathmandu")]
    [InlineData("America/St_Johns")]
    public async Task a_hash_is_the_same_in_another_process_and_zone(string zone)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(PayloadHashTests).Assembly.Location, "-method", $"*.{nameof(a_hash_has_16_bytes_and_never_changes)}"])
        {
            RedirectStandardOutput = true,
            Environment = { ["TZ"] = zone },
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0 && output.Contains("Total: 2", StringComparison.Ordinal), output);
    }

    [Fact]
    public void a_type_that_grew_and_was_put_in_another_order_hashes_what_was_sent_before_alike() => Assert.Equal(
        Convert.ToHexStringLower(CommandMessage.HashOf("tests.pay", new Young(5, "n"))), HashOf("""{"amount":5,"note":"n"}"""));

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
        decimal Amount, string Note, Speed Speed = Speed.Slow, bool Urgent = false, decimal? Limit = null, IReadOnlyList<decimal>? Parts = null,
        string Currency = "EUR", HashSet<string>? Tags = null, Dictionary<string, JsonElement>? Map = null, DateTime? At = null)
    {
        public int Retries { get; init; } = 3;

        public IImmutableSet<string> Labels { get; init; } = ImmutableHashSet<string>.Empty;
    }

    private sealed record Young(decimal Amount, string Note);
}
