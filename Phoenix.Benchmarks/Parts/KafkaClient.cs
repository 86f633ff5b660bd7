using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.Client;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The client of every Kafka side: requests by <c>Phoenix.Client</c>, each waiting for its reply.</summary>
internal sealed class KafkaClient : IPart
{
    public const string Name = "kafka-client";

    private readonly Loop _loop = new();
    private readonly IHost _host;
    private readonly IPhoenixClient _client;
    private readonly PartSettings _settings;
    private readonly RandomKeys _keys;
    private readonly string[] _ids;
    private int _touched;

    private KafkaClient(IHost host, PartSettings settings)
    {
        (_host, _client, _settings) = (host, host.Services.GetRequiredService<IPhoenixClient>(), settings);
        _keys = new(settings.Callers, settings.Keys);
        _ids = TallyIds.First(settings.Keys);
    }

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddPhoenixClient(options =>
        {
            options.BootstrapServers = settings.Kafka;
            options.TopicPrefix = settings.Prefix;
            options.ApplicationName = "load";
            options.RequestTimeout = TimeSpan.FromMinutes(2);
            // The open loop has no bound of its own: what waits is to be counted, not held back.
            options.MaxInFlight = 1_000_000;
        });
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IPhoenixClient>().Ready;
        return new KafkaClient(host, settings);
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => order.Touch is { } count
        ? _loop.RunCountAsync(count, _settings.Callers, () => AddAsync(TallyIds.Of(Interlocked.Increment(ref _touched))))
        : _loop.RunAsync(order, _settings.Callers, caller => AddAsync(_ids[_keys.Next(caller)]));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private async Task AddAsync(string id)
    {
        var outcome = await _client.RequestAsync(id, new Add(5));
        if (!outcome.IsAccepted) throw new PartFailedException($"A command was rejected: {outcome.Code}.");
    }
}
