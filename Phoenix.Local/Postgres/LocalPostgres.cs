namespace Phoenix.Local;

/// <summary>A private cluster in the work folder, run by the PostgreSQL server programs installed on this machine.</summary>
public sealed class LocalPostgres : IWay<PostgresServer>
{
    /// <inheritdoc/>
    public string Name => "server binaries on this machine";

    /// <inheritdoc/>
    public string Advice => "install the PostgreSQL server (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql).";

    /// <inheritdoc/>
    public async Task<Attempt<PostgresServer>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            return "Server binaries are started on Linux and macOS only.";
        if (await PostgresBinaries.FindAsync(options, cancellationToken) is not { Count: > 0 } installed)
            return "Neither PATH nor the usual folders hold 'initdb' and 'postgres'.";
        return await StartAsync(installed, options, cancellationToken);
    }

    private async Task<PostgresServer> StartAsync(
        IReadOnlyList<PostgresBinaries> installed, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var folder = await PostgresFolder.OpenAsync(options, cancellationToken);
        var binaries = folder.Major is { } major
            ? installed.FirstOrDefault(found => found.Major == major) ?? throw WrongVersion(folder, major, installed)
            : installed[0];
        var hadData = folder.Major is not null;
        var cluster = new PostgresCluster(binaries, folder, options);
        try
        {
            await cluster.StartAsync(cancellationToken);
            return new PostgresServer("local", cluster.ConnectionString, cluster.Description, cluster) { Psql = cluster.Psql };
        }
        catch (Exception error)
        {
            await cluster.DisposeAsync();
            if (!hadData || error is OperationCanceledException)
                throw;
            throw Unusable(folder, error.Message);
        }
    }

    // From here on another way would start with an empty database where people expect their data.
    private InfrastructureNotFoundException WrongVersion(PostgresFolder folder, int major, IReadOnlyList<PostgresBinaries> installed) =>
        Unusable(folder, $"It was made by PostgreSQL {major}; installed here: {string.Join(", ", installed.Select(found => found.Version))}.");

    private InfrastructureNotFoundException Unusable(PostgresFolder folder, string reason) =>
        new("PostgreSQL", [
            new FailedWay(Name, $"The work folder holds data that could not be opened. {reason}", $"mend that, or delete {folder.Root} with all its data, or choose another work folder."),
        ]);
}
