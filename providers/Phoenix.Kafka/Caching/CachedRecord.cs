using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>A consumed record on its way: what the receiver hands to the pulling agent and a node of its stream's queue.</summary>
internal sealed class CachedRecord(StreamId streamId, KafkaMessage message, OffsetTracker tracker) : IBatchContainer
{
    // The objects around a header's name and value.
    private const int BytesPerHeader = 128;

    /// <summary>Follower in the same stream. Stays when this record leaves the queue last: cursors find their way on by it.</summary>
    public CachedRecord? Next;

    /// <summary>Place in the cache's order; 0 until added. Not the offset: a recreated topic starts again at 0.</summary>
    public long Sequence;

    /// <summary>Whether at least one subscriber's delivery returned without an exception.</summary>
    public bool Delivered;

    /// <summary>The record that this message was converted from; <see langword="null"/> for a record itself.</summary>
    public ConvertedRecord? Origin { get; init; }

    /// <summary>Why its subscriber refused it for good; <see langword="null"/> when it did not.</summary>
    public DeadLetterReason? Refusal { get; set; }

    /// <summary>Null once the record has left the cache, so that an idle cursor keeps no message alive.</summary>
    public KafkaMessage? Message { get; private set; } = message;

    /// <summary>What names it in a letter, when it is one of very many; else <see langword="null"/>.</summary>
    public LetterTarget? Target { get; init; }

    /// <summary>The tracker of the partition's life in which the record was read.</summary>
    public OffsetTracker Tracker { get; } = tracker;

    public long Offset { get; } = message.Offset;

    /// <summary>What it takes in memory, headers included: a record may be nothing else.</summary>
    public int Bytes { get; private set; } = message.Body.Length + HeaderBytes(message) + 256;

    public StreamId StreamId { get; } = streamId;

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2(Offset);

    private static int HeaderBytes(KafkaMessage message)
    {
        var bytes = 0;
        for (var i = 0; i < message.Headers.Count; i++)
        {
            var header = message.Headers[i];
            bytes += BytesPerHeader + 2 * header.Name.Length + (header.Value?.Length ?? 0);
        }
        return bytes;
    }

    /// <summary>What the messages take that it was converted to.</summary>
    public int MessageBytes { get; private set; }

    /// <summary>Notes what the messages take.</summary>
    public void Converted(int messageBytes)
    {
        MessageBytes = messageBytes;
        Bytes += messageBytes;
    }

    /// <summary>Notes what one page of its messages takes, or with a minus sign what has ended of it.</summary>
    public void Paged(int bytes)
    {
        MessageBytes += bytes;
        Bytes += bytes;
    }

    /// <summary>Lets the message go.</summary>
    public void Release() => Message = null;

    // The agent never delivers single records: cursors hand out KafkaBatch.
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() =>
        throw new NotSupportedException("Cached records are delivered in batches by their cursor.");

    public bool ImportRequestContext() => false;
}
