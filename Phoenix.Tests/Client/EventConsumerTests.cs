using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Phoenix.Client.Events;
using Phoenix.Publishing;
using Xunit;

namespace Phoenix.Tests.Client;

/// <summary>
/// An application that reads published events: in order, again until it has handled them, and on from there after a restart.
/// </summary>
[Trait("Category", "Servers")]
public sealed class EventConsumerTests(SharedKafka kafka) : IAsyncLifetime
{
    private readonly string _topic = $"t{Guid.NewGuid():N}.shop.account.events";
    private readonly Seen _seen = new();
    private string _bootstrap = null!;
    private IProducer<string, string> _producer = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bootstrap = await kafka.BootstrapAsync();
        await kafka.CreateTopicAsync(_topic, 1);
        _producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = _bootstrap, LingerMs = 5 }).Build();
    }

    public ValueTask DisposeAsync()
    {
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task a_handler_that_fails_gets_the_event_again_and_those_behind_it_wait()
    {
        await PublishAsync("shop.account/ann", 1);
        await PublishAsync("shop.account/ann", 2);
        await PublishAsync("shop.account/bob", 1);
        _seen.Failures["shop.account/ann 2"] = 2;
        using var application = await StartAsync();

        await SeenAsync("shop.account/ann 1", "shop.account/ann 2", "shop.account/ann 2", "shop.account/ann 2", "shop.account/bob 1");
        await application.StopAsync(Cancellation);
    }

    [RealBrokerFact]
    public async Task what_was_handled_does_not_come_again_after_a_restart()
    {
        await PublishAsync("shop.account/ann", 1);
        using (var first = await StartAsync())
        {
            await SeenAsync("shop.account/ann 1");
            await first.StopAsync(Cancellation);
        }

        await PublishAsync("shop.account/ann", 2);
        using var second = await StartAsync();
        await SeenAsync("shop.account/ann 1", "shop.account/ann 2");
        await second.StopAsync(Cancellation);
    }

    [RealBrokerFact]
    public async Task what_was_not_handled_when_it_stopped_comes_again()
    {
        await PublishAsync("shop.account/ann", 1);
        _seen.Hangs = true;
        using (var first = await StartAsync())
        {
            await SeenAsync("shop.account/ann 1");
            await first.StopAsync(Cancellation);
        }

        _seen.Hangs = false;
        using var second = await StartAsync();
        await SeenAsync("shop.account/ann 1", "shop.account/ann 1");
        await second.StopAsync(Cancellation);
    }

    [RealBrokerFact]
    public async Task an_application_that_stops_waits_for_the_handler_and_keeps_what_it_has_done()
    {
        await PublishAsync("shop.account/ann", 1);
        _seen.Hangs = _seen.Finishes = true;
        using (var first = await StartAsync())
        {
            await SeenAsync("shop.account/ann 1");
            await first.StopAsync(Cancellation);
        }

        _seen.Hangs = false;
        await PublishAsync("shop.account/ann", 2);
        using var second = await StartAsync();
        await SeenAsync("shop.account/ann 1", "shop.account/ann 2");
        await second.StopAsync(Cancellation);
    }

    [Fact]
    public async Task those_behind_a_handler_that_takes_long_come_after_it_and_none_is_lost()
    {
        for (var version = 1; version <= 3; version++) await PublishAsync("shop.account/ann", version);
        // Longer than it is waited for without pausing the partition.
        _seen.FirstTakes = TimeSpan.FromSeconds(3);
        using var application = await StartAsync();
        await SeenAsync("shop.account/ann 1", "shop.account/ann 2", "shop.account/ann 3");
        await application.StopAsync(Cancellation);
    }

    [Fact]
    public async Task a_record_that_is_no_event_is_passed_by()
    {
        await _producer.ProduceAsync(_topic, new() { Key = "x", Value = "What is this?" }, Cancellation);
        await PublishAsync("shop.account/ann", 1);
        using var application = await StartAsync();
        await SeenAsync("shop.account/ann 1");
        await application.StopAsync(Cancellation);
    }

    [Fact]
    public async Task health_tells_the_event_that_holds_it_up()
    {
        await PublishAsync("shop.account/ann", 1);
        _seen.Failures["shop.account/ann 1"] = int.MaxValue;
        using var application = await StartAsync();
        var health = application.Services.GetRequiredService<HealthCheckService>();
        await Eventually.TrueAsync("health tells it", async () => (
            await health.CheckHealthAsync(Cancellation)).Entries["Recorder"] is { Status: HealthStatus.Degraded, Description: { } text }
            && text.StartsWith("The handler fails at 'shop.money-deposited' (version 1 of 'shop.account/ann')", StringComparison.Ordinal));
        _seen.Failures["shop.account/ann 1"] = 0;
        await Eventually.TrueAsync(
            "health is good again", async () => (await health.CheckHealthAsync(Cancellation)).Status == HealthStatus.Healthy);
        await application.StopAsync(Cancellation);
    }

    private async Task PublishAsync(string subject, long version)
    {
        var headers = new Headers();
        foreach (var (name, value) in new[]
        {
            ("ce_specversion", "1.0"), ("ce_id", $"shop.account:{subject}:{version}"), ("ce_type", "shop.money-deposited"),
                ("ce_source", "shop.account"), ("ce_subject", subject),
            ("ce_time", "2026-01-01T00:00:00Z"), ("ce_aggregateversion", $"{version}"), ("ce_position", $"0:{version:d19}"),
            ("ce_causationid", "c-1"), ("tenant", "north"),
        }) headers.Add(name, Encoding.UTF8.GetBytes(value));
        await _producer.ProduceAsync(_topic, new() { Key = subject, Value = """{"amount":5}""", Headers = headers }, Cancellation);
    }

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_seen);
        builder.Services.AddEventConsumer<Recorder>(options =>
        {
            options.BootstrapServers = _bootstrap;
            options.Group = _topic;
            options.Topics.Add(_topic);
            options.LongestPause = options.FirstPause;
        });
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    private Task SeenAsync(params string[] expected) =>
        Eventually.TrueAsync($"seen: {string.Join(", ", expected)}", () => _seen.Events.SequenceEqual(expected));

    private sealed class Seen
    {
        public ConcurrentQueue<string> Events { get; } = [];
        public ConcurrentDictionary<string, int> Failures { get; } = [];
        public volatile bool Hangs;
        public volatile bool Finishes;
        public TimeSpan FirstTakes { get; set; }
    }

    private sealed class Recorder(Seen seen) : IEventHandler
    {
        public async Task HandleAsync(ReceivedEvent received, CancellationToken cancellation)
        {
            Assert.Equal(("c-1", "north", 5m), (received.CausationId, received.Headers["tenant"], received.Read<Deposited>().Amount));
            Assert.True(received.IsAfter(null) && received.IsAfter("0:0") && !received.IsAfter(received.Position));
            var name = $"{received.Subject} {received.Version}";
            seen.Events.Enqueue(name);
            if (seen.FirstTakes > TimeSpan.Zero && seen.Events.Count == 1) await Task.Delay(seen.FirstTakes, cancellation);
            if (seen.Hangs) await HangAsync(cancellation);
            if (seen.Failures.GetValueOrDefault(name) is var failures and > 0)
            {
                seen.Failures[name] = failures - 1;
                throw new InvalidOperationException("Not now.");
            }
        }

        private async Task HangAsync(CancellationToken cancellation)
        {
            var stopped = Task.Delay(Timeout.Infinite, cancellation);
            if (!seen.Finishes) await stopped;
            await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // What it has begun, it ends: the transaction is committed although the application stops.
            await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    private sealed record Deposited(decimal Amount);
}
