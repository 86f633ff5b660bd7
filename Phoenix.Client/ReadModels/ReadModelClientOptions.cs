namespace Phoenix.Client.ReadModels;

/// <summary>Where a gateway is, and how to ask it.</summary>
public sealed class ReadModelClientOptions
{
    /// <summary>The gateway's address, for example <c>https://gateway.example.com</c>. Required.</summary>
    public Uri? Gateway { get; set; }

    /// <summary>The gateway's bearer token. Set this or <see cref="TokenFile"/>.</summary>
    public string? Token { get; set; }

    /// <summary>A file that holds the bearer token, such as a mounted secret. It is read for every request, so it may change.</summary>
    public string? TokenFile { get; set; }

    /// <summary>How long one row or one page may take. Default 10 s, at most an hour.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal IEnumerable<string> Problems()
    {
        if (Gateway is not { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" })
        {
            yield return $"ReadModelClientOptions.Gateway is '{Gateway}'. Set it to an address such as 'https://gateway.example.com', "
                + "without query and user.";
        }

        if (string.IsNullOrWhiteSpace(Token) == string.IsNullOrWhiteSpace(TokenFile))
            yield return "ReadModelClientOptions needs either Token or TokenFile. Set one of them.";
        if (Token?.Any(letter => letter is <= ' ' or > '~') == true)
            yield return "ReadModelClientOptions.Token has a character that no token has. Set it to the token, without white space.";
        if (RequestTimeout <= TimeSpan.Zero || RequestTimeout > TimeSpan.FromHours(1))
        {
            yield return $"ReadModelClientOptions.RequestTimeout is {RequestTimeout}. Set it to more than zero and at most an hour "
                + "(default 10 s).";
        }
    }
}
