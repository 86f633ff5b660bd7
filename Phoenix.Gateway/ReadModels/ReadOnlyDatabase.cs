using Npgsql;
using Phoenix.Gateway.Hosting;

namespace Phoenix.Gateway.ReadModels;

/// <summary>Connections that read, and write values in one form.</summary>
internal static class ReadOnlyDatabase
{
    // Beside the silos' connections, within PostgreSQL's default of 100; the connection string may say otherwise.
    private const int Connections = 6;

    // A gateway whose machine vanished is given up after 25 s.
    private const string Limits = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
        + "-c tcp_user_timeout=25000 -c idle_in_transaction_session_timeout=10000";

    // Cursors hold values as PostgreSQL writes them, and it must read the same value from them.
    private const string Forms = "-c DateStyle=ISO -c IntervalStyle=postgres -c extra_float_digits=1";

    public static NpgsqlDataSource Open(PhoenixGatewayOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        (settings.ApplicationName, settings.Multiplexing, settings.ClientEncoding) = ("phoenix-gateway", false, "UTF8");
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = Connections;
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, settings.MaxPoolSize);
        settings.SearchPath ??= options.Schema;
        settings.Options = $"{Limits} {settings.Options} {Forms} -c default_transaction_read_only=on -c statement_timeout=10000".Trim();
        return NpgsqlDataSource.Create(settings);
    }
}
