namespace Phoenix.Transactions;

/// <summary>
/// Where the end of a transaction is told over Kafka. Stored with the start, so that whoever runs the transaction at its end can tell.
/// </summary>
/// <param name="Topic">An allow-listed topic.</param>
/// <param name="Partition">Its partition, or null to let the key choose.</param>
/// <param name="Id">The reply's own id: the same for every reply to one record.</param>
/// <param name="RequestId">Echoed, or null.</param>
/// <param name="CorrelationId">Echoed.</param>
/// <param name="CommandId">The start's id, as sent or as derived.</param>
/// <param name="TraceParent">The request's trace context, or null.</param>
[GenerateSerializer, Immutable, Alias("phoenix.end-reply")]
public sealed record EndReply(
    [property: Id(0)] string Topic, [property: Id(1)] int? Partition, [property: Id(2)] string Id, [property: Id(3)] string? RequestId,
    [property: Id(4)] string CorrelationId, [property: Id(5)] string CommandId, [property: Id(6)] string? TraceParent);
