using System.Text;
using Phoenix.Json;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Client.Sending;

/// <summary>
/// What <c>docs/wire.md</c> asks of a message, checked before it leaves: the caller learns at once, not from a dead letter.
/// </summary>
internal static class MessageRules
{
    private const int MaxIdBytes = CommandMessage.MaxIdBytes;
    private const int MaxHeaders = 32;
    private const int MaxHeaderBytes = 4096;

    public static void CheckAddress(string aggregate, string aggregateId)
    {
        if (!LogicalName.IsValid(aggregate))
            throw new ArgumentException($"'{aggregate}' is no aggregate name. Expected a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes, such as 'shop.account'.", nameof(aggregate));
        if (AggregateId.Problem(aggregateId) is { } problem) throw new ArgumentException(problem, nameof(aggregateId));
    }

    public static void Check(CommandMessage command)
    {
        ArgumentNullException.ThrowIfNull(command);
        CheckName(command.Name);
        CheckId(command.CommandId, "command id");
        if (command.CorrelationId is { } correlation) CheckId(correlation, "correlation id");
        CheckHeaders(command.Headers);
    }

    public static void CheckName(string name)
    {
        var suffix = name.LastIndexOf("_v", StringComparison.Ordinal);
        var plain = suffix > 0 && int.TryParse(name.AsSpan(suffix + 2), out var version) && version > 1 ? name[..suffix] : name;
        if (!LogicalName.IsValid(plain))
            throw new ArgumentException($"'{name}' is no name of a command or query. Expected a logical name such as 'shop.withdraw', or 'shop.withdraw_v2' for schema version 2.", nameof(name));
    }

    private static void CheckId(string id, string what)
    {
        if (id.Length == 0 || id.Any(char.IsControl) || !WholeText.Is(id) || Encoding.UTF8.GetByteCount(id) is var bytes && bytes > MaxIdBytes)
            throw new ArgumentException($"A {what} is 1 to {MaxIdBytes} bytes of UTF-8 without control characters; found '{Shown(id)}'.");
    }

    private static void CheckHeaders(IReadOnlyDictionary<string, string> headers)
    {
        if (headers.Count == 0) return;
        var (count, bytes) = (0, 0);
        foreach (var (name, value) in headers)
        {
            if (!WireHeaders.IsUserHeader(name))
                throw new ArgumentException($"'{Shown(name)}' is no name for a header of a command. Expected 1 to 64 ASCII letters, digits, '.', '_' or '-', and none of the names that docs/wire.md uses itself.");
            if (value.Any(char.IsControl) || !WholeText.Is(value))
                throw new ArgumentException($"The value of header '{name}' has a control character, or half of a surrogate pair.");
            if (WireHeaders.IsTracing(name)) continue;
            count++;
            bytes += name.Length + Encoding.UTF8.GetByteCount(value);
        }

        if (count > MaxHeaders) throw new ArgumentException($"A command has at most {MaxHeaders} headers of its own; found {count}.");
        if (bytes > MaxHeaderBytes) throw new ArgumentException($"The headers of a command have at most {MaxHeaderBytes} bytes, names and values together; found {bytes}.");
    }

    private static string Shown(string text)
    {
        var visible = string.Concat(text.Take(40).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length > 40 ? visible + "…" : visible;
    }
}
