using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Model;

namespace Phoenix.Deciding;

/// <summary>What an activation does by itself after its commits. Called in the activation's turns only.</summary>
internal interface IAfterCommit
{
    /// <summary>Whether something is under way, for which the activation should stay.</summary>
    bool IsBusy { get; }

    /// <summary>Something was committed, or was found to be.</summary>
    void Committed();

    /// <summary>The activation leaves: nothing new is begun.</summary>
    void Stop();
}

/// <summary>The parts of an activation that such work needs.</summary>
internal sealed record Coordinated<TState>(
    ICommandLog<TState, IEvent> Log, DecisionLoop<TState> Loop, IServiceProvider Services, TimeProvider Time, ILogger Logger) where TState : class;
