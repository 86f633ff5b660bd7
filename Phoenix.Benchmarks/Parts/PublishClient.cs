using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Benchmarks.Native;
using Phoenix.Benchmarks.Rig;
using Phoenix.Client.Events;
using Phoenix.Publishing;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Reads published events with <c>Phoenix.Client</c> and tells how old they are, and beside that sends plain records at the same rate to
/// itself.
/// </summary>
internal sealed class PublishClient : IPart
{
    public const string Name = "publish-client";
    public const string LagP50 = "lagP50Ms";
    public const string LagP99 = "lagP99Ms";
    public const string KafkaP50 = "kafkaP50Ms";
    public const string KafkaP99 = "kafkaP99Ms";
    public const string Events = "events";

    private readonly Loop _loop = new();
    private readonly IHost _host;
    private readonly Arrivals _arrivals;
    private readonly PlainRecords _plain;

    private PublishClient(IHost host, PartSettings settings)
    {
        (_host, _arrivals) = (host, host.Services.GetRequiredService<Arrivals>());
        _plain = new(settings.Kafka, PublishNames.Plain(settings.Prefix), KafkaTopicNames.Partitions);
    }

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<Arrivals>();
        builder.Services.AddEventConsumer<ArrivalHandler>(options =>
        {
            options.BootstrapServers = settings.Kafka;
            options.Group = "bench";
            options.Topics.Add(PublishNames.Events(settings.Prefix));
        });
        var host = builder.Build();
        await host.StartAsync();
        return new PublishClient(host, settings);
    }

    public async Task<RoundResult> RunAsync(RoundOrder order)
    {
        var window = _arrivals.Open(DateTimeOffset.UtcNow + OpenLoop.LeadIn, TimeSpan.FromSeconds(order.Seconds));
        var plain = new Latencies();
        var result = await _loop.RunAsync(order, 1, async _ =>
        {
            var (sent, latency) = await _plain.SendAsync();
            if (window.Holds(sent)) plain.Record(latency);
        });
        await window.Passed;
        return result with
        {
            Extra = new()
            {
                [LagP50] = window.Ages.Ms(50), [LagP99] = window.Ages.Ms(99), [Events] = window.Ages.Count,
                [KafkaP50] = plain.Ms(50), [KafkaP99] = plain.Ms(99),
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        _plain.Dispose();
        await _host.StopAsync();
        _host.Dispose();
    }

    private sealed class ArrivalHandler(Arrivals arrivals) : IEventHandler
    {
        public Task HandleAsync(ReceivedEvent received, CancellationToken cancellation)
        {
            arrivals.Take(received.Time);
            return Task.CompletedTask;
        }
    }
}
