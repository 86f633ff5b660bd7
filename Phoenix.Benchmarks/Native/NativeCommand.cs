using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Phoenix.Benchmarks.Domain;
using Phoenix.Messages;

namespace Phoenix.Benchmarks.Native;

/// <summary>A record as the hand-written consumers read it: only what they need, and headers by name once.</summary>
internal sealed class NativeCommand
{
    private NativeCommand(ConsumeResult<byte[], byte[]> record, string stream, Guid id, Add add, string replyTopic, int replyPartition, byte[] requestId)
    {
        (Position, Key, Stream, Id, Command) = (record.TopicPartitionOffset, record.Message.Key, stream, id, add);
        (ReplyTo, RequestId) = (new(replyTopic, replyPartition), requestId);
    }

    public TopicPartitionOffset Position { get; }
    public byte[] Key { get; }
    public string Stream { get; }
    public Guid Id { get; }
    public Add Command { get; }
    public TopicPartition ReplyTo { get; }
    public byte[] RequestId { get; }

    public static NativeCommand Read(ConsumeResult<byte[], byte[]> record)
    {
        byte[] id = [], replyTo = [], replyPartition = [], requestId = [];
        foreach (var header in record.Message.Headers)
        {
            switch (header.Key)
            {
                case WireHeaders.Id: id = header.GetValueBytes(); break;
                case WireHeaders.ReplyTo: replyTo = header.GetValueBytes(); break;
                case WireHeaders.ReplyPartition: replyPartition = header.GetValueBytes(); break;
                case WireHeaders.RequestId: requestId = header.GetValueBytes(); break;
            }
        }

        return new(record, Encoding.UTF8.GetString(record.Message.Key), Guid.Parse(Encoding.ASCII.GetString(id)),
            JsonSerializer.Deserialize<Add>(record.Message.Value, PhoenixJson.Message)!,
            Encoding.UTF8.GetString(replyTo), int.Parse(replyPartition, CultureInfo.InvariantCulture), requestId);
    }
}
