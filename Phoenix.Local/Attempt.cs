namespace Phoenix.Local;

/// <summary>How trying a way ended: with a server, or with the reason why not.</summary>
/// <param name="Server">The running server, if the way led to one.</param>
/// <param name="Reason">Why it did not; one sentence.</param>
/// <typeparam name="TServer">The server looked for.</typeparam>
public readonly record struct Attempt<TServer>(TServer? Server, string Reason)
    where TServer : class
{
    /// <summary>The way led to a running server.</summary>
    public static implicit operator Attempt<TServer>(TServer server) => new(server, "");

    /// <summary>The way cannot be gone on this machine.</summary>
    public static implicit operator Attempt<TServer>(string reason) => new(null, reason);
}
