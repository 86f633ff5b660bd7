using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Phoenix.Local;

/// <summary>The few questions and orders for a broker that starting one takes.</summary>
internal sealed class KafkaAdministration(string bootstrapServers, TimeProvider time) : ITopicCreation
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    /// <summary>Why the broker does not answer, or <see langword="null"/>.</summary>
    public Task<string?> WhyNotReadyAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            using var client = Connect();
            try
            {
                return client.GetMetadata(Answer).Brokers.Count > 0 ? null : "No broker is registered.";
            }
            catch (KafkaException error)
            {
                return error.Error.Reason;
            }
        },
        cancellationToken);

    public async Task CreateTopicAsync(string name, int partitions, CancellationToken cancellationToken)
    {
        using var client = Connect();
        try
        {
            await client.CreateTopicsAsync([new TopicSpecification { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }]);
        }
        catch (CreateTopicsException error) when (error.Results.All(result => result.Error.Code is Confluent.Kafka.ErrorCode.NoError or Confluent.Kafka.ErrorCode.TopicAlreadyExists))
        {
            return;
        }

        // The controller has it; clients ask the broker, which learns of it a moment later.
        while (!IsServed(client, name))
            await Task.Delay(BetweenLooks, time, cancellationToken);
    }

    private static bool IsServed(IAdminClient client, string name) =>
        client.GetMetadata(name, Answer).Topics is [{ Error.IsError: false, Partitions: { Count: > 0 } served }]
        && served.All(partition => partition.Leader >= 0);

    // The client would report every refused connection on standard error; our callers get the reason instead.
    private IAdminClient Connect() =>
        new AdminClientBuilder(new AdminClientConfig
        {
            BootstrapServers = bootstrapServers,
            ReconnectBackoffMs = 50,
            ReconnectBackoffMaxMs = 200,
            AllowAutoCreateTopics = false,
        })
        .SetLogHandler(static (_, _) => { })
        .SetErrorHandler(static (_, _) => { })
        .Build();
}
