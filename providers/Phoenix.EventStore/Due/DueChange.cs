namespace Phoenix.EventStore.Due;

/// <summary>What becomes of a row at the end of a commit.</summary>
internal enum DueEnd : short
{
    /// <summary>It is the new row.</summary>
    Set = 1,

    /// <summary>It is gone.</summary>
    Removed = 2,

    /// <summary>It was delivered: gone, or, with a period, due again at the next multiple of it.</summary>
    Delivered = 3,
}

/// <summary>All that one commit does to one name, as one.</summary>
/// <param name="End">What it comes to.</param>
/// <param name="Row">The new row, if there is one.</param>
/// <param name="Expected">The row that has to be there for the commit to count, if it delivers one.</param>
internal readonly record struct DueChange(DueEnd End, DueRow? Row, DueReference? Expected);
