using System.Runtime.InteropServices;

namespace Phoenix.Local.Broker;

/// <summary>librdkafka's mock cluster: a Kafka broker's wire protocol over memory, one broker, leader of everything.</summary>
internal sealed class MockCluster : IDisposable
{
    private const int ErrorText = 512;

    private const int Broker = 1;

    private readonly nint _client;
    private readonly nint _cluster;

    public MockCluster()
    {
        var error = new byte[ErrorText];
        _client = Librdkafka.New(Librdkafka.Producer, Librdkafka.NewConfiguration(), error, error.Length);
        if (_client == 0)
            throw new InvalidOperationException($"librdkafka made no client: {System.Text.Encoding.UTF8.GetString(error).TrimEnd('\0')}");
        _cluster = Librdkafka.NewMockCluster(_client, 1);
        if (_cluster == 0)
            throw new InvalidOperationException("librdkafka made no mock cluster.");
        Librdkafka.SetInitialRebalanceDelay(_cluster, 0);
        // Without one, every admin request waits for its time limit instead of being answered or refused.
        Librdkafka.SetController(_cluster, Broker);
    }

    public string BootstrapServers => Marshal.PtrToStringUTF8(Librdkafka.Bootstraps(_cluster))!;

    /// <returns>Why the topic was not created, or <see langword="null"/>.</returns>
    public string? CreateTopic(string name, int partitions)
    {
        var error = Librdkafka.CreateTopic(_cluster, name, partitions, 1);
        return error is 0 or Librdkafka.TopicAlreadyExists ? null : Marshal.PtrToStringUTF8(Librdkafka.ErrorName(error));
    }

    public void Dispose()
    {
        Librdkafka.DestroyMockCluster(_cluster);
        Librdkafka.Destroy(_client);
    }
}
