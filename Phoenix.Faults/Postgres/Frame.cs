using System.Buffers.Binary;
using System.Text;

namespace Phoenix.Faults;

/// <summary>One message of PostgreSQL's protocol: a type byte, a length that counts itself, a body.</summary>
internal readonly record struct Frame(ReadOnlyMemory<byte> Bytes)
{
    // The same letter means different things in either direction.
    public const char Parse = 'P';
    public const char Bind = 'B';
    public const char Execute = 'E';
    public const char Sync = 'S';
    public const char Flush = 'H';
    public const char Query = 'Q';
    public const char Close = 'C';
    public const char CommandComplete = 'C';
    public const char EmptyQuery = 'I';
    public const char PortalSuspended = 's';
    public const char ErrorResponse = 'E';
    public const char ReadyForQuery = 'Z';

    private const int Header = 5;

    public char Type => (char)Bytes.Span[0];

    public ReadOnlyMemory<byte> Body => Bytes[Header..];

    /// <summary>The message for people in an error.</summary>
    public string ErrorText => Encoding.UTF8.GetString(Body.Span).Split('\0').FirstOrDefault(text => text.StartsWith('M'), "M")[1..];

    public static Frame Of(char type, params ReadOnlySpan<byte> body)
    {
        var bytes = new byte[Header + body.Length];
        bytes[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), bytes.Length - 1);
        body.CopyTo(bytes.AsSpan(Header));
        return new Frame(bytes);
    }

    /// <summary>A message whose body is a row of zero-terminated texts, followed by the tail.</summary>
    public static Frame OfTexts(char type, IEnumerable<string> texts, params ReadOnlySpan<byte> tail) =>
        Of(type, [.. Encoding.UTF8.GetBytes(string.Concat(texts.Select(text => text + '\0'))), .. tail]);

    /// <summary>The zero-terminated text number <paramref name="index"/> of the body.</summary>
    public string Text(int index)
    {
        var rest = Body.Span;
        for (; index > 0; index--)
            rest = rest[(rest.IndexOf((byte)0) + 1)..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
