using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>Decimals in messages: a number that a decimal could only hold rounded is refused.</summary>
internal sealed class ExactDecimalConverter : JsonConverter<decimal>
{
    // No text of this length without an exponent has more digits than a decimal holds.
    private const int AlwaysExact = 28;
    private const int MaxDigits = 29;
    private static readonly JsonConverter<decimal> Plain = (JsonConverter<decimal>)JsonSerializerOptions.Default.GetConverter(typeof(decimal));

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = Plain.Read(ref reader, typeToConvert, options);
        var text = reader.ValueSpan;
        if (text.Length <= AlwaysExact && text.IndexOfAny((byte)'e', (byte)'E') < 0) return value;
        Span<char> written = stackalloc char[32];
        value.TryFormat(written, out var length, "G29", System.Globalization.CultureInfo.InvariantCulture);
        Span<byte> held = stackalloc byte[32];
        var bytes = System.Text.Encoding.ASCII.GetBytes(written[..length], held);
        return Digits(text, out var exponent) is { } sent && Digits(held[..bytes], out var heldExponent) == sent && (exponent == heldExponent || sent.Length == 0)
            ? value
            : throw new RefusedValueException("the number has more digits than a decimal holds (28) and would be rounded");
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) => writer.WriteNumberValue(value);

    public override decimal ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Plain.ReadAsPropertyName(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        Plain.WriteAsPropertyName(writer, value, options);

    /// <summary>The digits that count, and the power of ten of the last of them; null when there are more than any decimal has.</summary>
    private static string? Digits(ReadOnlySpan<byte> number, out long exponent)
    {
        exponent = 0;
        Span<char> digits = stackalloc char[MaxDigits];
        var (count, zeros, isFraction) = (0, 0, false);
        for (var i = 0; i < number.Length; i++)
        {
            var character = (char)number[i];
            if (character == '.') isFraction = true;
            else if (character is 'e' or 'E')
            {
                if (!long.TryParse(number[(i + 1)..], System.Globalization.CultureInfo.InvariantCulture, out var power)) return null;
                exponent += power;
                break;
            }
            else if (char.IsAsciiDigit(character))
            {
                if (isFraction) exponent--;
                if (character == '0')
                {
                    if (count > 0) zeros++;
                    continue;
                }

                if (count + zeros >= MaxDigits) return null;
                while (zeros > 0)
                {
                    digits[count++] = '0';
                    zeros--;
                }

                digits[count++] = character;
            }
        }

        // Zeros at the end are no digits.
        exponent += zeros;
        return new(digits[..count]);
    }
}
