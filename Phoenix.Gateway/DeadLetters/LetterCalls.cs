using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.DeadLetters;

/// <summary>What requests about letters have in common.</summary>
internal static class LetterCalls
{
    private static readonly string[] Known = ["kind", "name", "topic", "reason", "key", "since", "until", "state"];

    /// <summary>What is asked for. A filter that is misspelt must not mean all of them.</summary>
    /// <exception cref="BadRequestException">It is none.</exception>
    public static LetterFilter Filter(IQueryCollection query, params IReadOnlyCollection<string> more)
    {
        QueryParameter.OnlyKnown(query, [.. Known, .. more]);
        return new()
        {
            Kind = Text(query, "kind"),
            Name = Text(query, "name"),
            Topic = Text(query, "topic"),
            Reason = Text(query, "reason"),
            Key = Text(query, "key"),
            Since = Time(query, "since"),
            Until = Time(query, "until"),
            State = Text(query, "state") ?? "open",
        };
    }

    /// <summary>A parameter that is there once or not at all.</summary>
    /// <exception cref="BadRequestException">It is there more than once, or empty.</exception>
    public static string? Text(IQueryCollection query, string name) => !query.TryGetValue(name, out var values) ? null
        : values is [{ Length: > 0 } text] ? text : throw new BadRequestException(
            $"The parameter '{name}' is empty, or there is more than one. Send one, or leave it out.");

    /// <summary>Why, from the body, and who.</summary>
    /// <exception cref="BadRequestException">There is no reason.</exception>
    public static async Task<LetterChange> ChangeAsync(HttpRequest request)
    {
        var body = await OperatorBody.ReadAsync<ReasonBody>(request);
        return string.IsNullOrWhiteSpace(body.Reason)
            ? throw new BadRequestException("The body has no 'reason'. It is written down with what you do: say why.")
            : new(body.Reason, request.HttpContext.User.Identity?.Name);
    }

    /// <summary>Who, and why if the body says it.</summary>
    public static async Task<LetterChange> MayChangeAsync(HttpRequest request) =>
        new((await OperatorBody.ReadAsync<ReasonBody>(request)).Reason ?? "", request.HttpContext.User.Identity?.Name);

    /// <summary>A call that a grain may refuse: for what was asked, or for how things are.</summary>
    public static Task<IResult> AskedAsync(Func<Task<IResult>> ask) => OperatorCalls.AskedAsync(async () =>
    {
        try
        {
            return await ask();
        }
        catch (ArgumentException refused)
        {
            throw new BadRequestException(refused.Message);
        }
    });

    private static DateTimeOffset? Time(IQueryCollection query, string name) => query.ContainsKey(name) ? TimeParameter.Read(query, name)
        : null;

    private sealed record ReasonBody(string? Reason);
}
