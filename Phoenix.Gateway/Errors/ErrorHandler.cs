using Phoenix.Messages;

namespace Phoenix.Gateway.Errors;

/// <summary>
/// Turns whatever an endpoint of the gateway throws into a problem; details that are not for callers go to the log only. It stands around
/// these endpoints alone: those of a program that has the gateway beside others answer their errors as the program likes.
/// </summary>
internal sealed partial class ErrorHandler(ILogger<ErrorHandler> logger)
{
    /// <summary>Stands around each of these endpoints.</summary>
    public void Guard(IEndpointConventionBuilder endpoints) => endpoints.Add(endpoint =>
    {
        if (endpoint.RequestDelegate is { } handle) endpoint.RequestDelegate = context => RunAsync(context, handle);
    });

    private async Task RunAsync(HttpContext context, RequestDelegate handle)
    {
        try
        {
            await handle(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer.
            if (!context.Response.HasStarted) context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await ProblemOf(context, error).ExecuteAsync(context);
        }
    }

    private IResult ProblemOf(HttpContext context, Exception error)
    {
        switch (error)
        {
            case BusyException busy:
                context.Response.Headers.RetryAfter = Math.Ceiling(busy.RetryAfter.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Problem.Of(busy, commandId: null);
            case CommandException typed:
                LogCause(logger, context.Request.Path, typed);
                return Problem.Of(typed, commandId: null);
            case BadRequestException bad:
                return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.Undecodable, bad.Message, ("parameter", bad.Parameter));
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problem.Of(StatusCodes.Status413PayloadTooLarge, ErrorCodes.TooLarge, "The request body is larger than this gateway takes (Phoenix:Gateway:MaxBodyBytes, default 1 MiB).");
            case BadHttpRequestException bad:
                return Problem.Of(bad.StatusCode, ErrorCodes.Undecodable, bad.Message);
            case TimeoutException or OrleansException:
                LogCluster(logger, context.Request.Path, error);
                return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, 
                    HttpMethods.IsGet(context.Request.Method)
                        ? "The cluster did not answer. Nothing was changed; ask again."
                        : "The cluster did not answer in time. What was asked for may be done all the same; look at it before you ask again.");
            default:
                LogUnexpected(logger, context.Request.Path, error);
                return Problem.Of(StatusCodes.Status500InternalServerError, "internal", "The gateway failed; its log has the cause.");
        }
    }

    /// <summary>Puts what an error must not tell its caller, such as a broker's address, into the log.</summary>
    public static void LogCause(ILogger logger, PathString path, CommandException error)
    {
        if (error.InnerException is not null) LogUntold(logger, path, error);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} was answered with an error that has a cause.")]
    private static partial void LogUntold(ILogger logger, PathString path, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster did not answer {Path}. Check that silos run and that Phoenix:Cluster:Gateways names their gateway ports.")]
    private static partial void LogCluster(ILogger logger, PathString path, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} failed.")]
    private static partial void LogUnexpected(ILogger logger, PathString path, Exception error);
}

/// <summary>A request that is not as the API says; the message says what was expected and found.</summary>
/// <param name="message">What is told to the caller.</param>
/// <param name="parameter">The parameter of the URL that is wrong, if it is one.</param>
internal sealed class BadRequestException(string message, string? parameter = null) : Exception(message)
{
    public string? Parameter { get; } = parameter;
}
