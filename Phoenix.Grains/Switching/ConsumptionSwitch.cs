using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.Switching;

/// <summary>
/// Which topics are switched off, as last read from the database. Until it was read once nothing is read from any topic; while the database
/// is away, what was known stays.
/// </summary>
internal sealed partial class ConsumptionSwitch : BackgroundService, IConsumptionSwitch
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Eagerness = TimeSpan.FromMilliseconds(200);

    private readonly TopicSwitches _switches;
    private readonly ILogger<ConsumptionSwitch> _logger;
    private readonly Meter _meter = new("Phoenix.Consumption");
    private readonly long _started;
    private readonly TimeProvider _time;
    private volatile IReadOnlyDictionary<string, TopicOff>? _off;

    public ConsumptionSwitch(TopicSwitches switches, TimeProvider time, ILogger<ConsumptionSwitch> logger)
    {
        (_switches, _time, _logger) = (switches, time, logger);
        _started = time.GetTimestamp();
        _meter.CreateObservableGauge("phoenix.consumption.off", () => Off.Count, "{topic}", "Topics that are switched off.");
    }

    /// <summary>Those that are known to be off.</summary>
    public IReadOnlyCollection<TopicOff> Off => _off is { } known ? [.. known.Values] : [];

    /// <summary>For how long nothing is read because the switches could not be read yet; null once they were.</summary>
    public TimeSpan? UnknownFor => _off is null ? _time.GetElapsedTime(_started) : null;

    public bool IsOff(string topic) => _off?.ContainsKey(topic) ?? true;

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await ReadAsync();
            await Task.Delay(_off is null ? Eagerness : Rhythm, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            var now = (await _switches.ListAsync()).ToDictionary(one => one.Topic);
            foreach (var one in now.Values.Where(one => _off?.ContainsKey(one.Topic) != true)) LogOff(_logger, one.Topic, one.Since, one.Reason);
            foreach (var topic in (_off?.Keys ?? []).Except(now.Keys)) LogOn(_logger, topic);
            _off = now;
        }
        catch (Exception error)
        {
            // The table comes with the schema, which another service of this host may be about to apply; an outage has its own check.
            LogUnread(_logger, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The topic {Topic} is switched off since {Since:O} and not read: {Reason}")]
    private static partial void LogOff(ILogger logger, string topic, DateTimeOffset since, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The topic {Topic} is switched on again and read.")]
    private static partial void LogOn(ILogger logger, string topic);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Which topics are switched off could not be read: {Reason}")]
    private static partial void LogUnread(ILogger logger, string reason);
}
