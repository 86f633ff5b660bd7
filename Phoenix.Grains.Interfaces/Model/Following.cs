namespace Phoenix.Model;

/// <summary>What a decision wants to follow from it, remembered in its own commit.</summary>
internal abstract record Following;

/// <summary>A command to the aggregate itself, later.</summary>
/// <param name="Name">The timer's name.</param>
/// <param name="Delay">How long after the commit, by the database's clock.</param>
/// <param name="At">When, in place of <paramref name="Delay"/>; or null.</param>
/// <param name="Period">After what time again, or null for once.</param>
/// <param name="Command">The command.</param>
internal sealed record SetTimer(string Name, TimeSpan Delay, DateTimeOffset? At, TimeSpan? Period, object Command) : Following;

/// <summary>A timer that is no longer wanted.</summary>
/// <param name="Name">The timer's name.</param>
internal sealed record CancelTimer(string Name) : Following;

/// <summary>A command to another aggregate, after the commit.</summary>
/// <param name="Aggregate">The logical name of its kind.</param>
/// <param name="Id">Its id.</param>
/// <param name="Command">The command.</param>
/// <param name="IfRejected">The command that tells the sender of a rejection, or null.</param>
internal sealed record SendCommand(string Aggregate, string Id, object Command, object? IfRejected = null) : Following;

/// <summary>A tag of a subscription that the aggregate takes or leaves.</summary>
/// <param name="Subscription">The subscription's name.</param>
/// <param name="Tag">The tag.</param>
/// <param name="IsSet">Whether it stands behind it afterwards.</param>
internal sealed record ChangeTag(string Subscription, string Tag, bool IsSet) : Following;
