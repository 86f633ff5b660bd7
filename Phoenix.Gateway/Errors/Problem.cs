using Microsoft.AspNetCore.Mvc;
using Phoenix.Messages;

namespace Phoenix.Gateway.Errors;

/// <summary>Errors as <c>application/problem+json</c>, with the stable code beside the sentence.</summary>
internal static class Problem
{
    public static IResult Of(int status, string code, string detail, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        var problem = new ProblemDetails { Status = status, Type = $"urn:phoenix:error:{code}", Title = code, Detail = detail };
        problem.Extensions["code"] = code;
        foreach (var (name, value) in more)
        {
            if (value is not null) problem.Extensions[name] = value;
        }

        return Results.Problem(problem);
    }

    /// <summary>A rejection: the rule's own code and message.</summary>
    public static IResult Of(Outcome rejection) => Of(
        StatusCodes.Status422UnprocessableEntity,
        rejection.Code!,
        rejection.Message!,
        ("outcome", "rejected"),
        ("commandId", rejection.CommandId),
        ("versionBefore", rejection.VersionBefore),
        ("versionAfter", rejection.VersionAfter),
        ("repeated", rejection.Repeated));

    public static IResult Of(CommandException error, string? commandId) =>
        Of(StatusOf(error.Code), error.Code, error.Message, ("commandId", (error as OutcomeUnknownException)?.CommandId ?? commandId));

    private static int StatusOf(string code) => code switch
    {
        ErrorCodes.Undecodable => StatusCodes.Status400BadRequest,
        ErrorCodes.UnknownName => StatusCodes.Status404NotFound,
        ErrorCodes.IdReused => StatusCodes.Status409Conflict,
        ErrorCodes.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCodes.Busy => StatusCodes.Status503ServiceUnavailable,
        ErrorCodes.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorCodes.Unknown => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
