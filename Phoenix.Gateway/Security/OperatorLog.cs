namespace Phoenix.Gateway.Security;

/// <summary>Writes down who did what as an operator.</summary>
internal sealed partial class OperatorLog(ILogger<OperatorLog> logger)
{
    public void Did(HttpContext context, string what, string reason) =>
        LogDid(context.User.Identity?.Name ?? "?", what, context.Request.Path, reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The operator '{Principal}' asked for '{What}' at {Path}: {Reason}")]
    private partial void LogDid(string principal, string what, PathString path, string reason);
}
