namespace Phoenix.EventStore;

/// <summary>What a due row asks for when its time has come.</summary>
public enum DueKind : short
{
    /// <summary>A command to the owner itself. The commit that decides it checks the row and takes it away.</summary>
    Timer = 1,

    /// <summary>A command to another stream. The row goes when that stream has recorded an outcome.</summary>
    Send = 2,
}
