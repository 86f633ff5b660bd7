using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.Kafka;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// Programs that send deposits to a command topic for as long as they are let, every second one without an id, whatever becomes of the topic.
/// What was not acknowledged is sent again if it has an id.
/// </summary>
internal sealed class CommandSenders : IAsyncDisposable
{
    /// <summary>What they say they are.</summary>
    public const string Source = "/recreated";

    private const int Senders = 4;
    private const int AtOnce = 10;
    private const int Accounts = 40;
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"amount":1}""");

    private readonly KafkaSender _sender;
    private readonly string _topic;
    private readonly ConcurrentBag<string> _failures = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _sent;

    public CommandSenders(string bootstrap, string topic, int round)
    {
        _topic = topic;
        _sender = new KafkaSender(
            new KafkaSenderOptions { BootstrapServers = bootstrap, DeliveryTimeout = TimeSpan.FromSeconds(5) }, NullLogger<KafkaSender>.Instance);
        _running = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => SendAsync($"{round}-{sender}")));
    }

    /// <summary>How many were acknowledged, in whatever life of the topic.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>What was not acknowledged, for people.</summary>
    public string Failures => string.Join(", ", _failures.GroupBy(each => each).Select(each => $"{each.Count()} {each.Key}"));

    /// <summary>Sends nothing more and waits for what is on its way.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _sender.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(string name)
    {
        for (var number = 0; !_stop.IsCancellationRequested; number += AtOnce)
        {
            await Task.WhenAll(Enumerable.Range(number, AtOnce).Select(each => SendAsync(name, each)));
            // Enough to be under way all the time, not so much that a busy machine does nothing else.
            await Task.Delay(20);
        }
    }

    private async Task SendAsync(string name, int number)
    {
        var record = new KafkaRecord
        {
            Topic = _topic, Key = $"p-{number % Accounts}", Type = "shop.deposit", Source = Source, Body = Body,
            Id = number % 2 == 0 ? $"{name}-{number}" : null,
        };
        while (true)
        {
            try
            {
                await _sender.SendAsync(record);
                Interlocked.Increment(ref _sent);
                return;
            }
            catch (Exception error) when (error is KafkaUnavailableException or KafkaRejectedException)
            {
                _failures.Add(error.GetType().Name);
                if (record.Id is null || _stop.IsCancellationRequested)
                    return;
                await Task.Delay(100);
            }
        }
    }
}
