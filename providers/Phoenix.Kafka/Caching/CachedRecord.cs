using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Phoenix.Kafka;

/// <summary>A consumed record on its way: what the receiver hands to the pulling agent and a node of its stream's queue.</summary>
internal sealed class CachedRecord(StreamId streamId, KafkaMessage message, OffsetTracker tracker) : IBatchContainer
{
    /// <summary>Follower in the same stream. Stays when this record leaves the queue last: cursors find their way on by it.</summary>
    public CachedRecord? Next;

    /// <summary>Place in the cache's order; 0 until added. Not the offset: a recreated topic starts again at 0.</summary>
    public long Sequence;

    /// <summary>Whether at least one subscriber's delivery returned without an exception.</summary>
    public bool Delivered;

    /// <summary>Null once the record has left the cache, so that an idle cursor keeps no message alive.</summary>
    public KafkaMessage? Message { get; private set; } = message;

    /// <summary>The tracker of the partition's life in which the record was read.</summary>
    public OffsetTracker Tracker { get; } = tracker;

    public long Offset { get; } = message.Offset;

    public int Bytes { get; } = message.Body.Length + 256;

    public StreamId StreamId { get; } = streamId;

    public StreamSequenceToken SequenceToken => new EventSequenceTokenV2(Offset);

    /// <summary>Lets the message go.</summary>
    public void Release() => Message = null;

    // The agent never delivers single records: cursors hand out KafkaBatch.
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() =>
        throw new NotSupportedException("Cached records are delivered in batches by their cursor.");

    public bool ImportRequestContext() => false;
}
