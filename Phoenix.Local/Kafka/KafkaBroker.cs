namespace Phoenix.Local;

/// <summary>
/// A Kafka broker: one that somebody runs for us, one that this class started from an Apache Kafka installation or a container, or the
/// one embedded in librdkafka, which keeps everything in memory and forgets it at the end.
/// </summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    private readonly IServerControl? _control;
    private readonly ITopicCreation _topics;
    private WorkFolderLock? _lock;

    internal KafkaBroker(string kind, string bootstrapServers, string description, ITopicCreation topics, IServerControl? control)
    {
        Kind = kind;
        BootstrapServers = bootstrapServers;
        Description = description;
        _topics = topics;
        _control = control;
    }

    /// <summary>How it was come by: <c>external</c>, <c>kafka</c>, <c>docker</c> or <c>embedded</c>.</summary>
    public string Kind { get; }

    /// <summary>Whether this is Apache Kafka (or a server that stands for it) and not the embedded broker with its limits.</summary>
    public bool IsReal => Kind != EmbeddedBroker.Kind;

    /// <summary>Value for a client's <c>bootstrap.servers</c>.</summary>
    public string BootstrapServers { get; }

    /// <summary>One line for people: what runs where.</summary>
    public string Description { get; }

    /// <summary>Process id of the broker when this class started it as a process and it runs.</summary>
    public int? ProcessId => _control?.ProcessId;

    /// <summary>
    /// Comes by a broker, first way that works: <c>PHOENIX_KAFKA</c> (bootstrap servers), <c>KAFKA_HOME</c> (an Apache Kafka
    /// installation), a Docker engine, the embedded broker.
    /// </summary>
    /// <exception cref="InfrastructureNotFoundException">No way works, or <c>PHOENIX_KAFKA</c> is set and does not answer.</exception>
    /// <exception cref="WorkFolderInUseException">Another program runs a broker on the work folder.</exception>
    public static Task<KafkaBroker> StartAsync(InfrastructureOptions options, CancellationToken cancellationToken = default) =>
        StartAsync(options, KafkaWays.All, cancellationToken);

    /// <summary>Comes by a broker by the first of the given ways that works.</summary>
    /// <inheritdoc cref="StartAsync(InfrastructureOptions, CancellationToken)"/>
    public static async Task<KafkaBroker> StartAsync(
        InfrastructureOptions options, IReadOnlyList<IWay<KafkaBroker>> ways, CancellationToken cancellationToken = default)
    {
        var folder = WorkFolderLock.Take(options.WorkFolder, "kafka");
        try
        {
            var broker = await Ways.FirstThatWorksAsync("Kafka", ways, options, cancellationToken);
            broker._lock = folder;
            return broker;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Creates a topic with one replica; a topic of that name that exists already is left as it is.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="partitions">Its number of partitions.</param>
    /// <param name="cancellationToken">Ends the wait; the topic may be created all the same.</param>
    public Task CreateTopicAsync(string name, int partitions, CancellationToken cancellationToken = default) =>
        _topics.CreateTopicAsync(name, partitions, cancellationToken);

    /// <summary>Stops the broker. Its records stay.</summary>
    /// <param name="immediate">Without a clean shutdown, as a crash would.</param>
    /// <exception cref="InvalidOperationException">The broker is external, or embedded and would forget everything.</exception>
    public Task StopAsync(bool immediate = false) => RestartableControl.StopAsync(immediate);

    /// <summary>Starts the stopped broker again on the same port; returns when it answers.</summary>
    /// <exception cref="InvalidOperationException">The broker is external or embedded.</exception>
    public Task StartAgainAsync(CancellationToken cancellationToken = default) => RestartableControl.StartAgainAsync(cancellationToken);

    /// <summary>Stops the broker cleanly if this class started it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_control is not null)
            await _control.DisposeAsync();
        _lock?.Dispose();
    }

    private IServerControl RestartableControl => Kind switch
    {
        EmbeddedBroker.Kind => throw new InvalidOperationException(
            "The embedded broker keeps records in memory only and cannot be stopped and started again. Set KAFKA_HOME for a broker that can."),
        _ => _control ?? throw new InvalidOperationException(
            "The broker of PHOENIX_KAFKA is run by somebody else: it cannot be stopped or started from here."),
    };
}
