namespace Phoenix.Local;

/// <summary>Creates topics: by Kafka's admin protocol, or by the embedded broker's own call.</summary>
internal interface ITopicCreation
{
    Task CreateTopicAsync(string name, int partitions, CancellationToken cancellationToken);
}
