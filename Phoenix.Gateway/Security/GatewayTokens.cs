using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Phoenix.Gateway.Hosting;

namespace Phoenix.Gateway.Security;

/// <summary>
/// The tokens that callers may show, kept as their hashes: equal lengths make the comparison take the same time whatever is sent.
/// </summary>
internal sealed class GatewayTokens
{
    private readonly List<(byte[] Hash, Claim[] Claims)> _tokens = [];

    public GatewayTokens(IOptions<PhoenixGatewayOptions> options)
    {
        var gateway = options.Value.Gateway;
        _tokens.Add((HashOf(gateway.ReadToken()), [new(ClaimTypes.Name, gateway.Principal)]));
        if (gateway.ReadOperatorToken() is { Length: > 0 } operators)
            _tokens.Add((HashOf(operators), [new(ClaimTypes.Name, gateway.OperatorPrincipal), new(ClaimTypes.Role, Policies.Operator)]));
    }

    /// <summary>Who shows this token; null when nobody may.</summary>
    public ClaimsIdentity? Of(string token)
    {
        var hash = HashOf(token);
        // All of them are compared, so that the time does not tell which one was nearly right.
        Claim[]? claims = null;
        foreach (var known in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(known.Hash, hash)) claims = known.Claims;
        }

        return claims is null ? null : new(claims, BearerAuthentication.Scheme);
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
