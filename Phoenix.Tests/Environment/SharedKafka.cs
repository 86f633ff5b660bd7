using Phoenix.Local;
using Xunit;

[assembly: AssemblyFixture(typeof(Phoenix.Tests.SharedKafka))]

namespace Phoenix.Tests;

/// <summary>
/// The Kafka broker of a test run, started when the first test asks for it: the one of <c>PHOENIX_KAFKA</c> or <c>KAFKA_HOME</c> if
/// either is set, otherwise the embedded one. A test class takes it as a constructor parameter.
/// </summary>
public sealed class SharedKafka : IAsyncDisposable
{
    private static readonly IReadOnlyList<IWay<KafkaBroker>> RealWays = [new ConfiguredKafka(), new InstalledKafka()];
    private static readonly IReadOnlyList<IWay<KafkaBroker>> EmbeddedWay = [new EmbeddedKafka()];

    private readonly Lazy<TestFolder> _folder = new(() => new TestFolder());
    private readonly Lazy<Task<KafkaBroker>> _broker;

    public SharedKafka() =>
        _broker = new Lazy<Task<KafkaBroker>>(() =>
            KafkaBroker.StartAsync(new InfrastructureOptions { WorkFolder = _folder.Value.Path }, IsReal ? RealWays : EmbeddedWay));

    /// <summary>Whether this run has a real broker, known without starting it. See <see cref="RealBrokerFactAttribute"/>.</summary>
    public static bool IsReal => IsSet(ConfiguredKafka.Variable) || IsSet(InstalledKafka.Variable);

    /// <summary>The broker itself; whoever stops it disturbs every other test, so such tests start their own.</summary>
    public Task<KafkaBroker> BrokerAsync() => _broker.Value;

    /// <summary>Value for <c>bootstrap.servers</c>.</summary>
    public async Task<string> BootstrapAsync() => (await BrokerAsync()).BootstrapServers;

    /// <summary>Creates a topic; works on the real and on the embedded broker.</summary>
    public async Task CreateTopicAsync(string name, int partitions) =>
        await (await BrokerAsync()).CreateTopicAsync(name, partitions, TestContext.Current.CancellationToken);

    /// <summary>Creates a topic under a name that nobody else uses and returns the name.</summary>
    public async Task<string> NewTopicAsync(int partitions = 1)
    {
        var name = $"test-{Guid.NewGuid():N}";
        await CreateTopicAsync(name, partitions);
        return name;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_broker.IsValueCreated)
            return;
        await (await _broker.Value).DisposeAsync();
        _folder.Value.Dispose();
    }

    private static bool IsSet(string variable) => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(variable));
}
