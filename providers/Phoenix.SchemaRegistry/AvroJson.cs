using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Avro;
using Avro.Generic;
using Phoenix.Subscribing;

namespace Phoenix.SchemaRegistry;

/// <summary>
/// Writes what Avro decoded as the JSON that <see cref="ForeignRecord.Json{T}"/> reads: a union is its value alone, an enum its name, bytes
/// and fixed are base64, a decimal is a number, a date is <c>2026-11-28</c>, a timestamp RFC 3339 in UTC, a local timestamp the same without
/// a zone, a time of day <c>12:30:00</c>, a UUID its text.
/// </summary>
internal static class AvroJson
{
    private const string Date = "yyyy-MM-dd";
    private const string Local = "yyyy-MM-ddTHH:mm:ss.FFFFFFF";

    /// <exception cref="UnusableRecordException">JSON cannot say it.</exception>
    public static void Write(Utf8JsonWriter writer, Schema schema, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case float or double: throw new UnusableRecordException($"The value has the number {value}, which JSON cannot say.");
            case string text: writer.WriteStringValue(text); break;
            case byte[] bytes: writer.WriteBase64StringValue(bytes); break;
            case GenericFixed bytes: writer.WriteBase64StringValue(bytes.Value); break;
            case GenericEnum name: writer.WriteStringValue(name.Value); break;
            case AvroDecimal number: writer.WriteRawValue(Text(number.UnscaledValue, number.Scale)); break;
            case Guid id: writer.WriteStringValue(id); break;
            case TimeSpan time: writer.WriteStringValue(Text(time)); break;
            case DateTime time: writer.WriteStringValue(Text(time, LogicalNameOf(schema))); break;
            case GenericRecord record: Write(writer, record); break;
            case IDictionary<string, object> map: Write(writer, Branch<MapSchema>(schema).ValueSchema, map); break;
            case Array items: Write(writer, Branch<ArraySchema>(schema).ItemSchema, items); break;
            default: throw new UnusableRecordException("The value has a part of a kind that Phoenix does not read.");
        }
    }

    private static void Write(Utf8JsonWriter writer, GenericRecord record)
    {
        writer.WriteStartObject();
        foreach (var field in record.Schema.Fields)
        {
            writer.WritePropertyName(field.Name);
            Write(writer, field.Schema, record.GetValue(field.Pos));
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Schema of, IDictionary<string, object> map)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in map)
        {
            writer.WritePropertyName(key);
            Write(writer, of, value);
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Schema of, Array items)
    {
        writer.WriteStartArray();
        foreach (var item in items) Write(writer, of, item);
        writer.WriteEndArray();
    }

    // A union has at most one branch of a kind that has no name of its own.
    private static T Branch<T>(Schema schema) where T : Schema =>
        schema as T ?? ((UnionSchema)schema).Schemas.OfType<T>().Single();

    private static string? LogicalNameOf(Schema schema) => schema switch
    {
        LogicalSchema logical => logical.LogicalTypeName,
        UnionSchema union => union.Schemas.OfType<LogicalSchema>().Select(logical => logical.LogicalTypeName)
            .FirstOrDefault(name => name == "date" || name.Contains("timestamp", StringComparison.Ordinal)),
        _ => null,
    };

    private static string Text(DateTime time, string? logical) => logical switch
    {
        "date" => time.ToString(Date, CultureInfo.InvariantCulture),
        not null when logical.StartsWith("local", StringComparison.Ordinal) => time.ToString(Local, CultureInfo.InvariantCulture),
        _ => time.ToUniversalTime().ToString(Local, CultureInfo.InvariantCulture) + "Z",
    };

    private static string Text(TimeSpan time) => TimeOnly.FromTimeSpan(time).ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    // By its digits: no number of JSON's own kind holds all of them.
    private static string Text(BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var sign = unscaled.Sign < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }
}
