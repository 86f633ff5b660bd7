namespace Phoenix.Benchmarks.Rig;

/// <summary>On whose account a process of a side works.</summary>
internal enum Role
{
    /// <summary>The silo, or a twin's application in its place. Callers that live in it are on its account.</summary>
    Silo,

    /// <summary>Sends, and does nothing else.</summary>
    Client,
}
