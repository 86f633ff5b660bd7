using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Avro.Generic;
using Avro.IO;
using Phoenix.Subscribing;

namespace Phoenix.SchemaRegistry;

/// <summary>
/// Values as Confluent's serializers write them: a zero byte, the id of the writer's schema (four bytes, big-endian), and Avro's binary
/// encoding. See "Wire format" in the documentation of Confluent Schema Registry, and the Avro 1.12 specification.
/// </summary>
internal sealed class AvroFormat(WriterSchemas schemas) : IRecordFormat
{
    private const int HeaderBytes = 5;

    public string Name => "avro";

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(ForeignRecord record, CancellationToken cancellationToken)
    {
        var value = record.Value!.Value;
        if (value.Length < HeaderBytes || value.Span[0] != 0)
            throw new UnusableRecordException("The value is not Avro of a schema registry: expected a zero byte and the id of a schema.");
        var id = BinaryPrimitives.ReadInt32BigEndian(value.Span[1..]);
        var schema = await schemas.OfAsync(id);
        try
        {
            return Json(schema, value[HeaderBytes..]);
        }
        // What the decoder throws for bytes of another schema is of many kinds, and none says more.
        catch (Exception exception) when (exception is not (UnusableRecordException or OutOfMemoryException))
        {
            throw new UnusableRecordException($"The value is not written with the schema {id} that it names.");
        }
    }

    private static ReadOnlyMemory<byte> Json(Avro.Schema schema, ReadOnlyMemory<byte> encoded)
    {
        using var bytes = new MemoryStream(encoded.ToArray(), writable: false);
        var datum = new GenericReader<object>(schema, schema).Read(null!, new BinaryDecoder(bytes));
        if (bytes.Position != bytes.Length)
            throw new UnusableRecordException($"The value has {bytes.Length - bytes.Position} byte(s) more than its schema says.");
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json)) AvroJson.Write(writer, schema, datum);
        return json.WrittenMemory;
    }
}
