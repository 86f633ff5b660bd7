using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Deciding;

/// <summary>
/// What decides one command, and answers one query, against a state. The <see cref="DecisionLoop{TState}"/> does the rest: order,
/// commits, repeats, conflicts and outages. It is the only thing that an aggregate's commands, and whatever else is decided on the log,
/// have of their own.
/// </summary>
/// <typeparam name="TState">The state.</typeparam>
internal interface IDecider<in TState>
{
    /// <summary>
    /// What is decided. It looks at the state and does not change it, and it may be asked more than once about one command.
    /// </summary>
    /// <param name="work">The command.</param>
    /// <param name="state">The state to decide on.</param>
    /// <param name="version">Its version.</param>
    /// <param name="now">The time of the decision.</param>
    /// <param name="onWaiting">Called, in the loop's own context, when the decision does not come at once.</param>
    /// <exception cref="CommandFailedException">No decision could be made.</exception>
    ValueTask<Decision> DecideAsync(CommandWork work, TState state, long version, DateTimeOffset now, Action? onWaiting);

    /// <summary>Answers a query from this state.</summary>
    /// <exception cref="CommandFailedException">No answer could be given.</exception>
    QueryAnswer Answer(QueryWork work, TState state, long version);
}
