namespace Phoenix.Dispatch;

/// <summary>What a type is written as JSON for.</summary>
/// <param name="Name">With its article, for sentences.</param>
/// <param name="IsStored">Whether PostgreSQL keeps it as JSONB, which gives back another order of members and another form of
/// numbers.</param>
internal sealed record JsonRole(string Name, bool IsStored)
{
    public static JsonRole Snapshot { get; } = new("a snapshot", true);
    public static JsonRole Event { get; } = new("an event", true);
    public static JsonRole Command { get; } = new("a command", false);
    public static JsonRole Query { get; } = new("a query", false);
    public static JsonRole Answer { get; } = new("an answer", false);

    public override string ToString() => Name;
}
