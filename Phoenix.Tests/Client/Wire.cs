using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Phoenix.Client;
using Xunit;

namespace Phoenix.Tests.Client;

/// <summary>A client and the other end of its wire, on topics of their own.</summary>
public sealed class Wire : IAsyncDisposable
{
    private const int Partitions = 3;
    private readonly ServiceProvider _services;

    private Wire(ServiceProvider services, ForeignSilo silo, string prefix) => (_services, Silo, Prefix) = (services, silo, prefix);

    public ForeignSilo Silo { get; }

    public string Prefix { get; }

    public IPhoenixClient Client => _services.GetRequiredService<IPhoenixClient>();

    public static async Task<Wire> StartAsync(SharedKafka kafka, Action<PhoenixClientOptions>? configure = null, TimeProvider? time = null)
    {
        var prefix = $"t{Guid.NewGuid():N}";
        var bootstrap = await kafka.BootstrapAsync();
        await kafka.CreateTopicAsync($"{prefix}.shop.account.commands", Partitions);
        await kafka.CreateTopicAsync($"{prefix}.tests.replies", Partitions);
        var services = new ServiceCollection();
        if (time is not null) services.AddSingleton(time);
        services.AddLogging(logging => logging.AddProvider(new TestOutput()));
        services.AddPhoenixClient(options =>
        {
            options.BootstrapServers = bootstrap;
            options.ApplicationName = "tests";
            options.TopicPrefix = prefix;
            options.RequestTimeout = Eventually.Patience;
            configure?.Invoke(options);
        });
        return new(services.BuildServiceProvider(), new(bootstrap, $"{prefix}.shop.account.commands", Partitions), prefix);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Silo.Dispose();
    }

    private sealed class TestOutput : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> format) =>
            TestContext.Current.TestOutputHelper?.WriteLine($"{level}: {format(state, error)} {error}");

        public void Dispose() { }
    }
}
