namespace Phoenix.Publishing;

/// <summary>A publication as it runs.</summary>
internal sealed record PublicationDefinition(string Name, string Topic, bool CreatesTopic, PoisonPolicy Poison, PublicationSettings Settings, Publication Rules)
{
    /// <summary>Logical names of aggregates; empty for all.</summary>
    public required IReadOnlySet<string> Aggregates { get; init; }

    /// <summary>The class of the user's that gets the messages; null where they go to the topic.</summary>
    public Type? Sink { get; init; }

    /// <summary>Full logical names of events; empty for all.</summary>
    public required IReadOnlySet<string> Events { get; init; }
}

/// <summary>What is only forwarded.</summary>
internal sealed class PlainForwarding : Publication;
