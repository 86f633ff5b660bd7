namespace Phoenix.Gateway.Hosting;

/// <summary>What cannot work at the entrance, and what to set.</summary>
internal static class GatewayProblems
{
    private const int MinTokenLength = 16;

    public static IEnumerable<string> Of(GatewayOptions options)
    {
        var callers = TokenProblem("Token", options.Token, options.TokenFile, isNeeded: true);
        var operators = TokenProblem("OperatorToken", options.OperatorToken, options.OperatorTokenFile, isNeeded: false);
        if (callers is not null) yield return callers;
        if (operators is not null) yield return operators;
        if (callers is null && operators is null && options.ReadOperatorToken() == options.ReadToken())
            yield return "Phoenix:Gateway:OperatorToken is the same as Phoenix:Gateway:Token, so that every caller would be an operator. Use another one.";
        foreach (var (key, principal) in new[] { ("Principal", options.Principal), ("OperatorPrincipal", options.OperatorPrincipal) })
        {
            if (string.IsNullOrWhiteSpace(principal) || principal.Any(char.IsControl))
                yield return $"Phoenix:Gateway:{key} is empty or has control characters. Set it to the name that the ledger shall show for callers of this gateway.";
        }

        if (options.MaxBodyBytes is < 1 or > 64 * 1024 * 1024)
            yield return $"Phoenix:Gateway:MaxBodyBytes is {options.MaxBodyBytes}. Set it to 1 byte to 64 MiB (default 1 MiB); brokers and silos have limits of their own.";
    }

    private static string? TokenProblem(string key, string? token, string? file, bool isNeeded)
    {
        var set = $"Set the environment variable Phoenix__Gateway__{key}, or Phoenix:Gateway:{key}File to a file that holds the token.";
        if (!string.IsNullOrWhiteSpace(token) && !string.IsNullOrWhiteSpace(file))
            return $"Phoenix:Gateway:{key} and Phoenix:Gateway:{key}File are both set. Set one of them.";
        try
        {
            return GatewayToken.Read(token, file).Length switch
            {
                0 when isNeeded => $"The gateway has no bearer token and does not start without one. {set}",
                0 when !string.IsNullOrWhiteSpace(file) => $"Phoenix:Gateway:{key}File '{file}' is empty. {set}",
                > 0 and < MinTokenLength =>
                $"The bearer token Phoenix:Gateway:{key} is shorter than {MinTokenLength} characters. Use a long random one. {set}",
                _ => null,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"Phoenix:Gateway:{key}File '{file}' cannot be read: {error.Message} {set}";
        }
    }
}

internal static class GatewayToken
{
    /// <summary>The token without surrounding white space; empty when there is none.</summary>
    public static string ReadToken(this GatewayOptions options) => Read(options.Token, options.TokenFile);

    /// <summary>The operators' token; empty when there is none.</summary>
    public static string ReadOperatorToken(this GatewayOptions options) => Read(options.OperatorToken, options.OperatorTokenFile);

    public static string Read(string? token, string? file) =>
        (string.IsNullOrWhiteSpace(file) ? token : File.ReadAllText(file))?.Trim() ?? "";
}
