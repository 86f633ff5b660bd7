namespace Phoenix.Model;

/// <summary>Why a rule said no.</summary>
public sealed record Rejection
{
    /// <summary>Creates a rejection.</summary>
    /// <exception cref="ArgumentException">The code is not 1 to 64 lower-case letters, digits or dashes.</exception>
    public Rejection(string code, string message)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(message);
        if (code.Length is 0 or > 64 || code.AsSpan().ContainsAnyExcept(LogicalName.CodeCharacters))
            throw new ArgumentException($"A rejection code is 1 to 64 lower-case letters, digits or dashes, such as 'insufficient-funds'; found '{code}'.", nameof(code));
        Code = code;
        Message = message;
    }

    /// <summary>Stable and machine-readable, such as <c>insufficient-funds</c>.</summary>
    public string Code { get; }

    /// <summary>A sentence for people.</summary>
    public string Message { get; }
}
