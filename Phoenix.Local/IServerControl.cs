namespace Phoenix.Local;

/// <summary>A server that we started and may therefore stop.</summary>
internal interface IServerControl : IAsyncDisposable
{
    /// <summary>The server's own process, where there is one on this machine and it runs.</summary>
    int? ProcessId { get; }

    /// <param name="immediate">Without a clean shutdown, as a crash would: what was acknowledged must survive it.</param>
    Task StopAsync(bool immediate);

    /// <summary>Starts the stopped server on the same port with the same data.</summary>
    Task StartAgainAsync(CancellationToken cancellationToken);
}
