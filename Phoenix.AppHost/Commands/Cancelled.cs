namespace Phoenix.AppHost.Commands;

internal static class Cancelled
{
    /// <summary>Ends without an exception when the token is cancelled, as Ctrl-C does.</summary>
    public static async Task WhenAsync(CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = cancellationToken.Register(cancelled.SetResult);
        await cancelled.Task;
    }
}
