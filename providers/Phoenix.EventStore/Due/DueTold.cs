namespace Phoenix.EventStore;

/// <summary>What the owner of a send is told when the receiver rejects it.</summary>
/// <param name="Command">The logical name of a command of the owner's.</param>
/// <param name="Payload">The command as JSON.</param>
public sealed record DueTold(string Command, string Payload);
