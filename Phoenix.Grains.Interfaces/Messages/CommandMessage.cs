using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.Messages;

/// <summary>A command on its way to a grain: logical name and JSON, never a CLR type.</summary>
[GenerateSerializer, Immutable, Alias("phoenix.command-message")]
public sealed record CommandMessage
{
    /// <summary>
    /// The identity of the command within its aggregate: text of 1 to 128 bytes of UTF-8. The same id has one effect (guarantee 1).
    /// </summary>
    [Id(0)] public required string CommandId { get; init; }

    /// <summary>The full logical name, for example <c>shop.withdraw</c> or <c>shop.withdraw_v2</c>.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The command as UTF-8 JSON (<see cref="PhoenixJson.Message"/>).</summary>
    [Id(2)] public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Who sent it, as authenticated by the entrance, or null.</summary>
    [Id(3)] public string? Principal { get; init; }

    /// <summary>Ties together the messages of one business process, or null.</summary>
    [Id(4)] public string? CorrelationId { get; init; }

    /// <summary>W3C trace context, or null.</summary>
    [Id(5)] public string? TraceParent { get; init; }

    /// <summary>
    /// The way it came: <c>grain</c>, <c>gateway</c>, or <c>kafka:</c> and the sender's <c>ce_source</c>. Kept in the ledger.
    /// </summary>
    [Id(6)] public string Source { get; init; } = "grain";

    /// <summary>Headers of the sender; stored with the events.</summary>
    [Id(7)] public IReadOnlyDictionary<string, string> Headers { get; init; } = CommandContext.EmptyHeaders;

    /// <summary>
    /// The sender knows that this id may have been sent before: the ledger is read before deciding, which makes repeats cheap and new
    /// commands dearer.
    /// </summary>
    [Id(8)] public bool MayBeRepeat { get; init; }

    /// <summary>The timer that this command is a delivery of, or null. It counts only if the timer is still set just so.</summary>
    [Id(9)] internal TimerOccurrence? Timer { get; init; }

    /// <summary>The step of a transaction that this is, or null. The command's id follows from it.</summary>
    [Id(10)] public StepReference? Step { get; init; }

    /// <summary>Where the end of the transaction that this starts is told, or null.</summary>
    [Id(11)] internal EndReply? ReplyAtEnd { get; init; }

    /// <summary>Longest command id, in bytes of UTF-8.</summary>
    public const int MaxIdBytes = 128;

    /// <summary>Whether a text is not too long for an id, such as a correlation id.</summary>
    internal static bool Fits(string text) => System.Text.Encoding.UTF8.GetByteCount(text) <= MaxIdBytes;

    /// <summary>Turns a typed command into a message.</summary>
    /// <exception cref="ModelException">The command's type has no [Command] name.</exception>
    public static CommandMessage Of<TContract>(ICommand<TContract> command, CommandOptions? options = null) where TContract : IAggregateGrain
    {
        ArgumentNullException.ThrowIfNull(command);
        options ??= CommandOptions.Default;
        return new()
        {
            CommandId = options.CommandId ?? Guid.CreateVersion7().ToString(),
            Name = LogicalNames.Of(command.GetType()),
            Payload = JsonSerializer.SerializeToUtf8Bytes(command, command.GetType(), PhoenixJson.Message),
            CorrelationId = options.CorrelationId,
            TraceParent = options.TraceParent ?? System.Diagnostics.Activity.Current?.Id,
            Headers = options.Headers,
            MayBeRepeat = options.MayBeRepeat,
        };
    }

    /// <summary>
    /// A hash of the command's content that is the same whatever way it came: over its canonical JSON, not over its bytes.
    /// </summary>
    internal static byte[] HashOf(string name, object command)
    {
        var canonical = JsonSerializer.SerializeToUtf8Bytes(command, command.GetType(), PhoenixJson.Canonical);
        // Name, a zero byte, content.
        var nameBytes = System.Text.Encoding.UTF8.GetByteCount(name);
        var hashed = ArrayPool<byte>.Shared.Rent(nameBytes + 1 + canonical.Length);
        System.Text.Encoding.UTF8.GetBytes(name, hashed);
        hashed[nameBytes] = 0;
        canonical.CopyTo(hashed, nameBytes + 1);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(hashed.AsSpan(0, nameBytes + 1 + canonical.Length), hash);
        ArrayPool<byte>.Shared.Return(hashed);
        return hash[..16].ToArray();
    }
}

/// <summary>What a sender may say about a command.</summary>
public sealed record CommandOptions
{
    /// <summary>No id (a new UUIDv7 is made), no correlation, no headers.</summary>
    public static CommandOptions Default { get; } = new();

    /// <summary>The command's identity; a new UUIDv7 unless given. Give one whenever the command may have to be sent again.</summary>
    public string? CommandId { get; init; }

    /// <summary>Ties together the messages of one business process.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>W3C trace context; the current <see cref="System.Diagnostics.Activity"/> unless given.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Headers that are stored with the command's events. Keys and values are text; leave secrets out.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = CommandContext.EmptyHeaders;

    /// <summary>Set it when the same id may have been sent before.</summary>
    public bool MayBeRepeat { get; init; }
}
