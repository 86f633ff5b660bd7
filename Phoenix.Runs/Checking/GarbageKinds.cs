using System.Text;
using Confluent.Kafka;

namespace Phoenix.Runs.Checking;

/// <summary>A way to spoil a record.</summary>
/// <param name="Name">For people.</param>
/// <param name="Expected">What must become of it, see <see cref="Garbage"/>.</param>
/// <param name="Spoil">Spoils a good one.</param>
internal sealed record GarbageKind(string Name, string Expected, Action<Message<byte[]?, byte[]?>, Random> Spoil);

/// <summary>What can be wrong with a record: its time, headers, key, body, name or size.</summary>
internal static class GarbageKinds
{
    private static readonly string Nested = string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40);

    public static IReadOnlyList<GarbageKind> All { get; } =
    [
        // What only informs refuses nothing.
        Decided("a time in the far future", static record => record.Timestamp = new(1_764_201_600_000_000, TimestampType.CreateTime)),
        Decided("a time long ago", static record => record.Timestamp = new(1, TimestampType.CreateTime)),
        Decided("two traces", static record => Add(record, ("traceparent", "00-1"), ("traceparent", "00-2"))),
        Decided("an empty trace", static record => Add(record, ("traceparent", ""))),
        Decided("a binary header of an agent", static record => record.Headers.Add("x-datadog-trace-id", [0xc3, 0x28, 0])),
        Decided("baggage", static record => Add(record, ("baggage", new string('b', 5_000)))),
        Decided("a time that is none", static record => Add(record, ("ce_time", "yesterday"))),
        Decided("a header of one's own without text", static record => record.Headers.Add("mine", [0xff, 0, 1])),

        // What says what is to be decided, for whom and who is told.
        Told("two ids", static record => Add(record, ("ce_id", "another"))),
        Told("no id that fits", static record => Set(record, "ce_id", new string('i', 129))),
        Told("an empty id", static record => Set(record, "ce_id", "")),
        Told("another version", static record => Set(record, "ce_specversion", "2.0")),
        Told("no source", static record => record.Headers.Remove("ce_source")),
        Told("no name", static record => record.Headers.Remove("ce_type")),
        Told("another type of content", static record => Set(record, "content-type", "text/xml")),
        Told("an unknown name", static record => Set(record, "ce_type", "shop.nonsense")),
        Told("a name in the wrong case", static record => Set(record, "ce_type", "Shop.Deposit")),
        Put("a reply topic of somebody else's", static record => Set(record, "replyto", "somebody.elses")),
        Put("a name that is no text", static record => SetBytes(record, "ce_type", [0xc3, 0x28])),

        Told("no body", static record => record.Value = null),
        Told("an empty body", static record => record.Value = []),
        Told("a list", static record => record.Value = "[]"u8.ToArray()),
        Told("half a body", static record => record.Value = "{\"amount\":0."u8.ToArray()),
        Told("a text for a number", static record => record.Value = "{\"amount\":\"5\"}"u8.ToArray()),
        Told("a member twice", static record => record.Value = "{\"amount\":1,\"amount\":2}"u8.ToArray()),
        Told("no member", static record => record.Value = "{}"u8.ToArray()),
        Told("too deep", static record => record.Value = Encoding.UTF8.GetBytes(Nested)),
        new("any bytes", Garbage.Told, static (record, random) => random.NextBytes(record.Value = new byte[60])),

        Put("no key", static record => record.Key = null),
        Put("an empty key", static record => record.Key = []),
        Put("a long key", static record => record.Key = new byte[201]),
        Put("a key with a line in it", static record => record.Key = "a\nb"u8.ToArray()),
        Put("a key that is no text", static record => record.Key = [0xc3, 0x28]),

        Put("many headers of one's own", static record => Add(record, Enumerable.Range(0, 40).Select(number => ($"mine-{number}", "x")))),
        Put("a large header of one's own", static record => Add(record, ("mine", new string('m', 5_000)))),
        // More than the broker takes, unless somebody has set it higher.
        Put("a large body", static record => record.Value = new byte[2 * 1024 * 1024]),
    ];

    private static GarbageKind Decided(string name, Action<Message<byte[]?, byte[]?>> spoil) => Of(name, Garbage.Decided, spoil);

    private static GarbageKind Told(string name, Action<Message<byte[]?, byte[]?>> spoil) => Of(name, Garbage.Told, spoil);

    private static GarbageKind Put(string name, Action<Message<byte[]?, byte[]?>> spoil) => Of(name, Garbage.PutAside, spoil);

    private static GarbageKind Of(string name, string expected, Action<Message<byte[]?, byte[]?>> spoil) =>
        new(name, expected, (record, _) => spoil(record));

    private static void Add(Message<byte[]?, byte[]?> record, params IEnumerable<(string Name, string Value)> headers)
    {
        foreach (var (name, value) in headers) record.Headers.Add(name, Encoding.UTF8.GetBytes(value));
    }

    private static void Set(Message<byte[]?, byte[]?> record, string name, string value) =>
        SetBytes(record, name, Encoding.UTF8.GetBytes(value));

    private static void SetBytes(Message<byte[]?, byte[]?> record, string name, byte[] value)
    {
        record.Headers.Remove(name);
        record.Headers.Add(name, value);
    }
}
