namespace Phoenix.Client.ReadModels;

/// <summary>A read model cannot be read this way; asking again gives the same. The message says what to do.</summary>
public sealed class ReadModelException : Exception
{
    internal ReadModelException(string code, string message, string? parameter = null, Exception? inner = null) : base(message, inner) =>
        (Code, Parameter) = (code, parameter);

    /// <summary>
    /// A stable code: <c>undecodable</c> (a parameter or a row is not as expected), <c>unknown-name</c> (no such read model),
    /// <c>unauthorized</c> (the token is not the gateway's), or another one of the gateway.
    /// </summary>
    public string Code { get; }

    /// <summary>The parameter that is wrong, for example the column of a filter; null when it is none.</summary>
    public string? Parameter { get; }
}
