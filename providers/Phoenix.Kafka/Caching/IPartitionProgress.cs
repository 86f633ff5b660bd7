namespace Phoenix.Kafka;

/// <summary>What the cache and its cursors tell the partition about deliveries.</summary>
internal interface IPartitionProgress
{
    /// <summary>
    /// <paramref name="count"/> records, linked from <paramref name="first"/>, were delivered to every subscriber and have left the cache.
    /// </summary>
    void Completed(CachedRecord first, int count);

    /// <summary>A delivery call begins.</summary>
    void DeliveryBegins();

    /// <summary>A delivery call has ended; with a failure it will be repeated.</summary>
    void DeliveryEnds(StreamCursor cursor, KafkaBatch batch, Exception? failure);

    /// <summary>A subscriber's cursor is gone, and with it what it complained about.</summary>
    void Closed(StreamCursor cursor);
}
