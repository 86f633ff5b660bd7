namespace Phoenix.EventStore;

/// <summary>What gave up. Numbers are stored.</summary>
public enum LetterKind : short
{
    /// <summary>A command over a topic.</summary>
    Command = 1,

    /// <summary>A record that a subscription reads.</summary>
    Subscription = 2,

    /// <summary>A timer.</summary>
    Timer = 3,

    /// <summary>A command from one aggregate to another.</summary>
    Send = 4,

    /// <summary>An event that cannot be published, and those of its stream behind it.</summary>
    Publication = 5,

    /// <summary>A transaction with a step that does not go on by itself.</summary>
    Transaction = 6,
}

/// <summary>What became of a letter. Numbers are stored.</summary>
public enum LetterState : short
{
    /// <summary>Nothing yet.</summary>
    Open = 0,

    /// <summary>It was replayed; should it have died again, that is a letter of its own.</summary>
    Replayed = 1,

    /// <summary>Somebody decided that it is not needed.</summary>
    Discarded = 2,
}
