namespace Phoenix.Gateway.Hosting;

/// <summary>The HTTP entrance itself; configuration under <c>Phoenix:Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Gateway";

    /// <summary>
    /// The bearer token callers must show, at least 16 characters. Set it by environment (<c>Phoenix__Gateway__Token</c>), or use
    /// <see cref="TokenFile"/>.
    /// </summary>
    public string? Token { get; set; }

    /// <summary>A file that holds the bearer token, such as a mounted secret; read once at start-up.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Who callers with the token are to aggregates and ledger. Default <c>gateway</c>.</summary>
    public string Principal { get; set; } = "gateway";

    /// <summary>
    /// The bearer token of operators, who may all that callers may, and act on transactions and publications. At least 16 characters, and
    /// another one than <see cref="Token"/>. Default: none, and nobody may.
    /// </summary>
    public string? OperatorToken { get; set; }

    /// <summary>A file that holds the operators' token; read once at start-up.</summary>
    public string? OperatorTokenFile { get; set; }

    /// <summary>Who operators are to aggregates, ledger and log. Default <c>operator</c>.</summary>
    public string OperatorPrincipal { get; set; } = "operator";

    /// <summary>Largest request body in bytes. Default 1 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;
}
