using Microsoft.AspNetCore.Authorization;

namespace Phoenix.Gateway.Security;

/// <summary>What callers need. The names have ours in front, for a program may have policies of its own.</summary>
internal static class Policies
{
    /// <summary>For all that the gateway has: a valid token.</summary>
    public const string Caller = "phoenix-caller";

    /// <summary>For what changes the course of things: transactions, publications, projections, timers, topics, dead letters.</summary>
    public const string Operator = "phoenix-operator";

    /// <summary>The policy of <see cref="Caller"/>.</summary>
    public static AuthorizationPolicy OfCallers { get; } =
        new AuthorizationPolicyBuilder(BearerAuthentication.Scheme).RequireAuthenticatedUser().Build();
}
