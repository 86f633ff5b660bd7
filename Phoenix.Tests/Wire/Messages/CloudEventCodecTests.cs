using Confluent.Kafka;
using CsCheck;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

public sealed class CloudEventCodecTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char[' ', '\uD7FF'], 0, 30];
    private static readonly Gen<KafkaHeader> Header = Gen.Select(Text, Gen.Byte.Array[0, 30], (name, value) => new KafkaHeader("user-" + name, value));

    [Fact]
    public void what_is_sent_is_what_is_received()
    {
        Gen.Select(Text, Text.Null(), Text.Null(), Gen.Int[0, 100].Nullable(), Gen.Byte.Array[0, 100], Header.Array[0, 5]).Sample((key, id, replyTo, partition, body, headers) =>
        {
            var message = Received(new KafkaRecord
            {
                Topic = "topic", Key = key, Type = "shop.withdraw_v2", Id = id, ReplyTo = replyTo, ReplyPartition = partition,
                CorrelationId = "c", TraceParent = "t", Body = body, Headers = headers,
            });
            Assert.Equal(key, message.Key);
            Assert.Equal("shop.withdraw_v2", message.Type);
            Assert.Equal(id, message.Id);
            Assert.Equal("phoenix", message.Source);
            Assert.Equal("application/json", message.ContentType);
            Assert.Equal(replyTo, message.ReplyTo);
            Assert.Equal(partition, message.ReplyPartition);
            Assert.Equal("c", message.CorrelationId);
            Assert.Equal("t", message.TraceParent);
            Assert.Equal(body, message.Body.ToArray());
            Assert.Equal(headers.Select(Bytes), message.UserHeaders.Select(Bytes));
        });
    }

    [Fact]
    public void a_copy_repeats_key_headers_and_body_byte_for_byte()
    {
        var original = new Message<byte[]?, byte[]?>
        {
            Key = [0xff, 0x00],
            Value = [1, 2, 3],
            Headers = [new Header("ce_id", [0xfe]), new Header("twice", [1]), new Header("twice", [2]), new Header("empty", null)],
        };
        var copy = CloudEventCodec.Encode(KafkaRecord.Copy(Decode(original), "elsewhere"));
        Assert.Equal(original.Key, copy.Key);
        Assert.Equal(original.Value, copy.Value);
        Assert.Equal(
            original.Headers.Select(header => (header.Key, Text: Convert.ToHexString(header.GetValueBytes() ?? []))),
            copy.Headers.Select(header => (header.Key, Text: Convert.ToHexString(header.GetValueBytes() ?? []))));
        Assert.Null(copy.Headers[3].GetValueBytes());
    }

    [Fact]
    public void a_record_posted_by_hand_without_headers_is_readable()
    {
        var message = Decode(new() { Key = "k"u8.ToArray(), Value = "{}"u8.ToArray() });
        Assert.Equal("k", message.Key);
        Assert.Null(message.Type);
        Assert.Null(message.Id);
        Assert.Empty(message.Headers);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("99999999999")]
    public void a_reply_partition_that_is_no_number_is_none(string text) =>
        Assert.Null(Decode(new() { Headers = [new Header("replypartition", System.Text.Encoding.UTF8.GetBytes(text))] }).ReplyPartition);

    private static KafkaMessage Received(KafkaRecord record) => Decode(CloudEventCodec.Encode(record));

    private static KafkaMessage Decode(Message<byte[]?, byte[]?> message) => CloudEventCodec.Decode(
        new ConsumeResult<byte[]?, byte[]?> { Topic = "topic", Partition = 3, Offset = 42, Message = message }, "incarnation");

    private static (string, string) Bytes(KafkaHeader header) => (header.Name, Convert.ToHexString(header.Value!.Value.Span));
}
