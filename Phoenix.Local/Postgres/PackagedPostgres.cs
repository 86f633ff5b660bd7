namespace Phoenix.Local;

/// <summary>A private cluster run by the PostgreSQL package of the distribution, installed on the way.</summary>
public sealed class PackagedPostgres : IWay<PostgresServer>
{
    /// <inheritdoc/>
    public string Name => "the distribution's packages";

    /// <inheritdoc/>
    public string Advice => "run as root on Debian or Ubuntu with access to the distribution's packages.";

    /// <inheritdoc/>
    public async Task<Attempt<PostgresServer>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        if (DistributionPackages.WhyNot() is { } reason)
            return reason;
        if ((await PostgresBinaries.FindAsync(options, cancellationToken)).Count > 0)
            return "The server binaries are installed already.";
        await DistributionPackages.InstallAsync("postgresql", options, cancellationToken);
        return await new LocalPostgres().TryAsync(options, cancellationToken);
    }
}
