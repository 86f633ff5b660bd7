using Phoenix.EventStore;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Deciding;

/// <summary>One due row of the deciding stream: to be set, or with no row to be taken away; or one of its tags.</summary>
internal readonly record struct FollowingChange(string Name, DueRow? Row, TagChange? Tag = null);

/// <summary>
/// Turns what a decision wants to follow from it into due rows and tags of its stream, and hands over what is to be sent when they are
/// committed.
/// </summary>
internal interface IFollowings
{
    /// <summary>The changes, in order; null for none.</summary>
    /// <exception cref="CommandFailedException">The decision wants what cannot be.</exception>
    IReadOnlyList<FollowingChange>? Of(CommandWork work, Decision decision);

    /// <summary>Sends what can be sent now.</summary>
    void Committed(DueChanges changes);
}
