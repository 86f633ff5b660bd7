using System.Buffers;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Phoenix.Json;

/// <summary>
/// What PostgreSQL's JSONB gives back for a document: members ordered by the length of their names and then by their bytes, numbers without
/// exponents.
/// </summary>
internal static class JsonbForm
{
    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(Of(document.RootElement));
    }

    public static ReadOnlySpan<byte> Of(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, element);
        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                // A later member of the same name replaces an earlier one.
                var members = element.EnumerateObject().GroupBy(member => member.Name).Select(same => same.Last())
                    .Select(member => (Name: Encoding.UTF8.GetBytes(member.Name), member.Value)).ToList();
                members.Sort((one, other) => one.Name.Length.CompareTo(other.Name.Length) is not 0 and var byLength
                    ? byLength
                    : one.Name.AsSpan().SequenceCompareTo(other.Name));
                foreach (var (name, value) in members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Number(element.GetRawText()), skipInputValidation: true);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static string Number(string number)
    {
        var at = number.IndexOfAny(['e', 'E']);
        var exponent = at < 0 ? 0 : int.Parse(number.AsSpan(at + 1), System.Globalization.CultureInfo.InvariantCulture);
        var mantissa = at < 0 ? number : number[..at];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = Math.Max(0, (point < 0 ? 0 : mantissa.Length - point - 1) - exponent);
        var digits = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture)
            * BigInteger.Pow(10, Math.Max(0, exponent - (point < 0 ? 0 : mantissa.Length - point - 1)));
        var text = BigInteger.Abs(digits).ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return $"{(digits.Sign < 0 ? "-" : "")}{(decimals == 0 ? text : $"{text[..^decimals]}.{text[^decimals..]}")}";
    }
}
