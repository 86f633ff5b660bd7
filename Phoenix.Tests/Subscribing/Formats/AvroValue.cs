using System.Buffers.Binary;
using Avro.Generic;
using Avro.IO;
using Schema = Avro.Schema;

namespace Phoenix.Tests.Subscribing.Formats;

/// <summary>Values as Confluent's serializers write them.</summary>
internal static class AvroValue
{
    public static byte[] Of(int id, string schema, object? datum)
    {
        using var bytes = new MemoryStream();
        Span<byte> header = stackalloc byte[5];
        BinaryPrimitives.WriteInt32BigEndian(header[1..], id);
        bytes.Write(header);
        new GenericWriter<object>(Schema.Parse(schema)).Write(datum!, new BinaryEncoder(bytes));
        return bytes.ToArray();
    }

    /// <summary>A record with some of its fields.</summary>
    public static GenericRecord Record(string schema, params (string Field, object? Value)[] fields)
    {
        var record = new GenericRecord((Avro.RecordSchema)Schema.Parse(schema));
        foreach (var (field, value) in fields) record.Add(field, value);
        return record;
    }
}
