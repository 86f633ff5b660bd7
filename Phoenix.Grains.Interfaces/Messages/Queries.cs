using System.Text.Json;
using Phoenix.Model;

namespace Phoenix.Messages;

/// <summary>A query on its way to a grain.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.query-message")]
public sealed record QueryMessage
{
    /// <summary>The full logical name, for example <c>shop.get-account</c>.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The query as UTF-8 JSON.</summary>
    [Id(1)] public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>
    /// Checks the aggregate's version in storage first, so that the answer is never older than the call, even during a split brain
    /// (guarantee 11).
    /// </summary>
    [Id(2)] public bool Linearizable { get; init; }

    /// <summary>Turns a typed query into a message.</summary>
    public static QueryMessage Of<TContract, TAnswer>(IQuery<TContract, TAnswer> query, bool linearizable = false)
        where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(query);
        return new()
        {
            Name = LogicalNames.Of(query.GetType()),
            Payload = JsonSerializer.SerializeToUtf8Bytes(query, query.GetType(), PhoenixJson.Message),
            Linearizable = linearizable,
        };
    }
}

/// <summary>The answer to a query.</summary>
/// <param name="Version">The version of the committed state it was answered from.</param>
/// <param name="Json">The answer as JSON.</param>
[GenerateSerializer, Immutable, Alias("phoenix.query-answer")]
public sealed record QueryAnswer([property: Id(0)] long Version, [property: Id(1)] string Json);
