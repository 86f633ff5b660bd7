using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.Security;

/// <summary>Bearer tokens: one for callers, and one for operators if that is configured.</summary>
internal sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory loggers, UrlEncoder encoder, GatewayTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, loggers, encoder)
{
    /// <summary>The scheme's name here; a program may have a scheme "Bearer" of its own.</summary>
    public new const string Scheme = "phoenix-gateway";

    private const string Bearer = "Bearer";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } value || !value.StartsWith(Bearer + " ", StringComparison.OrdinalIgnoreCase))
            return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(tokens.Of(value[(Bearer.Length + 1)..].Trim()) is { } identity
            ? AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme))
            : AuthenticateResult.Fail("The bearer token is not the gateway's."));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = Bearer;
        return Problem.Of(401, "unauthorized", "The request has no valid bearer token. Send 'Authorization: Bearer' with the gateway's token.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problem.Of(
        403, "forbidden", "This is for operators. Send the operator's token; Phoenix:Gateway:OperatorToken or OperatorTokenFile says which it is, and nobody may without one.").ExecuteAsync(Context);
}
