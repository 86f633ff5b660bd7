using Npgsql;

namespace Phoenix.Local;

/// <summary>A server that somebody runs for us, named by the environment variable <c>PHOENIX_POSTGRES</c>.</summary>
public sealed class ConfiguredPostgres : IWay<PostgresServer>
{
    /// <summary>Name of the environment variable that holds the connection string.</summary>
    public const string Variable = "PHOENIX_POSTGRES";

    /// <inheritdoc/>
    public string Name => Variable;

    /// <inheritdoc/>
    public string Advice => $"set {Variable} to the connection string of a running server, such as 'Host=...;Username=...;Password=...;Database=...'.";

    /// <inheritdoc/>
    public async Task<Attempt<PostgresServer>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (options.Setting(Variable) is not { } connectionString)
            return "It is not set.";
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            var version = await PostgresProbe.VersionAsync(connectionString, cancellationToken);
            return new PostgresServer(
                "external", connectionString, $"PostgreSQL {version} at {settings.Host}:{settings.Port}, database {settings.Database} ({Variable})", null);
        }
        catch (Exception error) when (error is NpgsqlException or ArgumentException or TimeoutException)
        {
            // Whoever sets it means this server and no other: going on to an empty one would look like lost data.
            throw new InfrastructureNotFoundException("PostgreSQL", [
                new FailedWay(Name, $"It is set, but the server does not answer: {error.Message.TrimEnd('.')}.", $"correct it, for example to 'Host=localhost;Username=me;Password=...;Database=phoenix', or unset {Variable}."),
            ]);
        }
    }
}
