using Phoenix.EventStore;
using Phoenix.Messages;

namespace Phoenix.Deciding;

/// <content>Commands that come from timers.</content>
internal sealed partial class DecisionLoop<TState>
{
    // On its way to storage, or null.
    private DecidedBatch? _sent;

    /// <summary>
    /// A timer that a command before this one has cancelled or set anew is over, although that is not committed yet: should it never be,
    /// the timer is still there and comes again. What is committed is checked by the commit itself (<see cref="DueChanges.Deliver"/>); when
    /// one was lost for it, storage tells.
    /// </summary>
    /// <exception cref="TimerOverException">It is over.</exception>
    private async Task CheckTimerAsync(CommandWork work, TimerOccurrence timer)
    {
        var isOver = _decided.Due?.Touches(timer.Name) == true || _sent?.Due?.Touches(timer.Name) == true
            || (work.Conflicts > 0 && !await log.IsDueAsync(new(timer.Name, timer.Generation, timer.Occurrence)));
        if (isOver) throw new TimerOverException($"The timer '{timer.Name}' of '{log.StreamId}' was cancelled, set anew or delivered before; this command had no effect.");
    }
}
