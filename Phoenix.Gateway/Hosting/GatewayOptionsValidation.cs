using Microsoft.Extensions.Options;

namespace Phoenix.Gateway.Hosting;

internal sealed class GatewayOptionsValidation : IValidateOptions<GatewayOptions>
{
    private const int MinTokenLength = 16;

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var problems = ProblemsOf(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> ProblemsOf(GatewayOptions options)
    {
        if (TokenProblem(options) is { } problem) yield return problem;
        if (string.IsNullOrWhiteSpace(options.Principal) || options.Principal.Any(char.IsControl))
            yield return "Phoenix:Gateway:Principal is empty or has control characters. Set it to the name that the ledger shall show for callers of this gateway.";
        if (options.MaxBodyBytes is < 1 or > 64 * 1024 * 1024)
            yield return $"Phoenix:Gateway:MaxBodyBytes is {options.MaxBodyBytes}. Set it to 1 byte to 64 MiB (default 1 MiB); brokers and silos have limits of their own.";
    }

    private static string? TokenProblem(GatewayOptions options)
    {
        const string Set = "Set the environment variable Phoenix__Gateway__Token, or Phoenix:Gateway:TokenFile to a file that holds the token.";
        if (!string.IsNullOrWhiteSpace(options.Token) && !string.IsNullOrWhiteSpace(options.TokenFile))
            return "Phoenix:Gateway:Token and Phoenix:Gateway:TokenFile are both set. Set one of them.";
        try
        {
            return options.ReadToken().Length switch
            {
                0 => $"The gateway has no bearer token and does not start without one. {Set}",
                < MinTokenLength => $"The gateway's bearer token is shorter than {MinTokenLength} characters. Use a long random one. {Set}",
                _ => null,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"Phoenix:Gateway:TokenFile '{options.TokenFile}' cannot be read: {error.Message} {Set}";
        }
    }
}

internal static class GatewayToken
{
    /// <summary>The token without surrounding white space; empty when there is none.</summary>
    public static string ReadToken(this GatewayOptions options) =>
        (string.IsNullOrWhiteSpace(options.TokenFile) ? options.Token : File.ReadAllText(options.TokenFile))?.Trim() ?? "";
}
