using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Hosting;

namespace Phoenix.Gateway.Security;

/// <summary>One shared bearer token. Who has it is the gateway's principal.</summary>
internal sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, ExpectedToken expected)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    public const string Bearer = "Bearer";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || !value.StartsWith(Bearer + " ", StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());
        if (!expected.Matches(value[(Bearer.Length + 1)..].Trim()))
            return Task.FromResult(AuthenticateResult.Fail("The bearer token is not the gateway's."));
        var identity = new ClaimsIdentity([new(ClaimTypes.Name, expected.Principal)], Bearer);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Bearer)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Bearer;
        return Problem.Of(401, "unauthorized", "The request has no valid bearer token. Send 'Authorization: Bearer' with the gateway's token.").ExecuteAsync(Context);
    }
}

/// <summary>The token that callers must show, kept as its hash: equal lengths make the comparison take the same time whatever is sent.</summary>
internal sealed class ExpectedToken(IOptions<GatewayOptions> options)
{
    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(options.Value.ReadToken()));

    public string Principal { get; } = options.Value.Principal;

    public bool Matches(string token) => CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
