namespace Phoenix.Local;

/// <summary>One way to come by a running server, such as "a connection string in an environment variable".</summary>
/// <typeparam name="TServer">The server it leads to.</typeparam>
public interface IWay<TServer>
    where TServer : class
{
    /// <summary>The way's name in messages to people.</summary>
    string Name { get; }

    /// <summary>What a person can do to make this way work; one sentence.</summary>
    string Advice { get; }

    /// <summary>
    /// Tries the way. An exception counts as a reason why not, except <see cref="InfrastructureNotFoundException"/>, which ends the search.
    /// </summary>
    Task<Attempt<TServer>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken);
}
