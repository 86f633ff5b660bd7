using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phoenix.Hosting;
using Phoenix.Kafka;
using Phoenix.Operating;

namespace Phoenix.DeadLetters;

/// <summary>Counts and replays the dead letters of one aggregate or subscription on the silo it is active on.</summary>
internal sealed partial class DeadLetterGrain(
    IOptionsMonitor<KafkaStreamOptions> streams, IServiceProvider services, TimeProvider time, ILogger<DeadLetterGrain> logger)
    : BackgroundGrain, IDeadLetterGrain
{
    private ReplayStatus _status = new() { State = "idle" };

    public async Task<long> Count(LetterFilter filter)
    {
        try
        {
            return (await Letters().CountAsync(filter, CancellationToken.None)).Count;
        }
        catch (KafkaUnavailableException error)
        {
            throw new InvalidOperationException(error.Message);
        }
    }

    public Task Replay(LetterFilter filter, long atMost)
    {
        if (IsRunning) throw new InvalidOperationException($"A replay is {_status.State} since {_status.Since:O}. Stop it or wait for its end.");
        var letters = Letters();
        _status = new() { State = "counting", Since = time.GetUtcNow() };
        Begin(stopping => RunAsync(letters, filter, atMost, stopping));
        return Task.CompletedTask;
    }

    public Task<bool> Stop() => EndAsync();

    public Task<ReplayStatus> Status() => Task.FromResult(_status);

    private LetterReplay Letters()
    {
        var name = this.GetPrimaryKeyString();
        IReadOnlyList<KafkaTopic> all = [.. streams.Get(PhoenixSiloBuilderExtensions.KafkaProvider).Topics];
        var topic = all.FirstOrDefault(one => one.StreamNamespace == name)
            ?? throw new InvalidOperationException($"No silo reads a topic of an aggregate or a subscription '{name}' from Kafka.");
        var topics = services.GetRequiredService<IDeadLetterTopics>();
        return new(topics, topic.DeadLetterTopic, topic.Converter is null ? new CommandResending(topics, topic.Topic)
            : new RecordResending(topic, all, services.GetRequiredService<IKafkaSender>()));
    }

    private async Task RunAsync(LetterReplay letters, LetterFilter filter, long atMost, CancellationToken stopping)
    {
        try
        {
            var (found, last) = await letters.CountAsync(filter, stopping);
            if (found > atMost)
            {
                Now("refused", $"{found} letters would be replayed, and at most {atMost} may. Count first.");
                _status = _status with { Found = found };
                return;
            }

            _status = _status with { State = "replaying", Found = found };
            await letters.SendAsync(filter, last, Progress, stopping);
            Now("replayed", _status.Error);
        }
        catch (OperationCanceledException)
        {
            Now("stopped", null);
        }
        catch (Exception exception)
        {
            LogFailed(exception, this.GetPrimaryKeyString());
            Now("failed", exception is KafkaUnavailableException ? exception.Message : "It failed; the silo's log has the cause. Replay again: what was sent has no second effect.");
        }

        void Now(string state, string? error) => _status = _status with { State = state, Since = time.GetUtcNow(), Error = error };
    }

    // Called by the reading thread, one page after the other; whoever asks for the status sees the last page that was done.
    private void Progress(int sent, IReadOnlyList<string> skipped) => _status = _status with
    {
        Replayed = _status.Replayed + sent,
        Skipped = _status.Skipped + skipped.Count,
        Error = _status.Error ?? (skipped.Count > 0 ? skipped[0] : null),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Replaying dead letters of '{Name}' failed.")]
    private partial void LogFailed(Exception exception, string name);
}
