using JasperFx;
using JasperFx.Events.Daemon;
using Microsoft.Extensions.Logging;

namespace Phoenix.EventStore.Projecting;

/// <summary>
/// Marten halts a projection that fails, and starts it again only when told to. It is told to after a pause that doubles with each time;
/// the others go on meanwhile.
/// </summary>
internal sealed partial class StoppedProjections(ProjectionOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, Stopped> _byName = [];

    /// <summary>Why this one stands, or null.</summary>
    public ProjectionStop? Of(string name) =>
        _byName.TryGetValue(name, out var stopped) ? new(stopped.Since, stopped.Reason, stopped.Attempts) : null;

    /// <summary>Another silo runs this one now.</summary>
    public void Forget(string name) => _byName.Remove(name);

    /// <summary>Looks at each, and starts those again whose pause is over.</summary>
    public async Task LookAsync(IProjectionDaemon daemon, CancellationToken cancellation)
    {
        foreach (var agent in daemon.CurrentAgents())
        {
            var name = agent.Name.Identity;
            if (agent.Status == AgentStatus.Running) Running(name, agent.Position);
            else if (Stands(name, agent)) await StartAsync(daemon, name, cancellation);
        }
    }

    // One that was started again runs until it meets the same event: it goes on only when it has passed the place where it stood.
    private void Running(string name, long position)
    {
        if (!_byName.TryGetValue(name, out var stopped) || position <= stopped.Position) return;
        _byName.Remove(name);
        LogGoesOn(name, stopped.Attempts);
    }

    /// <summary>True when its pause is over.</summary>
    private bool Stands(string name, ISubscriptionAgent agent)
    {
        var reason = ReasonOf(agent.Failure);
        if (!_byName.TryGetValue(name, out var stopped))
        {
            _byName[name] = stopped = new(time.GetUtcNow(), reason, agent.Position, 0, time.GetTimestamp(), FirstPause);
            LogStopped(name, reason, agent.Failure?.Detail ?? "");
        }
        else if (stopped.IsStarted)
        {
            // It has failed once more.
            _byName[name] = stopped = stopped with { Reason = reason, From = time.GetTimestamp(), Pause = Longer(stopped.Pause),
                IsStarted = false };
        }

        return time.GetElapsedTime(stopped.From) >= stopped.Pause;
    }

    private async Task StartAsync(IProjectionDaemon daemon, string name, CancellationToken cancellation)
    {
        _byName[name] = _byName[name] with { Attempts = _byName[name].Attempts + 1, IsStarted = true };
        await daemon.StartAgentAsync(name, cancellation);
    }

    private TimeSpan Longer(TimeSpan pause) => 2 * pause < options.LongestPause ? 2 * pause : options.LongestPause;

    private static string ReasonOf(ShardFailure? failure) => failure switch
    {
        { Event: { } at, Category: ShardFailureCategory.UnknownEventType } =>
            $"event {at.Sequence} has the name '{at.EventTypeName}', which this build does not know",
        { Event: { } at, Category: ShardFailureCategory.EventSerialization } =>
            $"event {at.Sequence} ('{at.EventTypeName}') cannot be read",
        { Event: { } at } => $"it fails on event {at.Sequence} ('{at.EventTypeName}' of '{at.StreamKey}', version {at.Version})",
        { IsTransient: true } => "the database was in its way",
        _ => "it failed; this silo's log has the cause",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Projection '{Projection}' stands: {Reason}. It is tried again with growing pauses, and goes on by itself after the mend. {Detail}")]
    private partial void LogStopped(string projection, string reason, string detail);

    [LoggerMessage(Level = LogLevel.Information, Message = "Projection '{Projection}' goes on, after {Attempts} attempt(s).")]
    private partial void LogGoesOn(string projection, int attempts);

    private sealed record Stopped(DateTimeOffset Since, string Reason, long Position, int Attempts, long From, TimeSpan Pause)
    {
        /// <summary>It was started and has neither failed again nor passed its place.</summary>
        public bool IsStarted { get; init; }
    }
}
