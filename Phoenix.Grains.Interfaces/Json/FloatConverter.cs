using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Phoenix.Json;

/// <summary>
/// Floating-point numbers. PostgreSQL's JSON knows no negative zero, so what is stored has it as the text "-0"; the reader of a message
/// takes no number that its type cannot hold.
/// </summary>
internal sealed class FloatConverter<T>(bool isStored, bool isStrict) : JsonConverter<T> where T : struct, IBinaryFloatingPointIeee754<T>
{
    private static readonly JsonConverter<T> Plain = (JsonConverter<T>)JsonSerializerOptions.Default.GetConverter(typeof(T));

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (isStored && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("-0"u8)) return T.NegativeZero;
        var value = Plain.Read(ref reader, typeToConvert, options);
        if (isStrict && !T.IsFinite(value)) throw new RefusedValueException("the number is too large for its type");
        if (isStrict && T.IsZero(value) && !IsZero(reader.ValueSpan)) throw new RefusedValueException("the number is too small for its type");
        return value;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        if (isStored && T.IsZero(value) && T.IsNegative(value)) writer.WriteStringValue("-0"u8);
        else Plain.Write(writer, value, options);
    }

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Plain.ReadAsPropertyName(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        Plain.WriteAsPropertyName(writer, value, options);

    private static bool IsZero(ReadOnlySpan<byte> number)
    {
        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        return !(exponent < 0 ? number : number[..exponent]).ContainsAnyInRange((byte)'1', (byte)'9');
    }
}
