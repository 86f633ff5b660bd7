using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Phoenix.Gateway.Hosting;
using Phoenix.Messages;

namespace Phoenix.Gateway.ReadModels;

/// <summary>Reads rows as JSON over connections that can do nothing else.</summary>
internal sealed class ReadModelSource(IOptions<PhoenixGatewayOptions> options) : IAsyncDisposable
{
    // Beside the silos' connections, within PostgreSQL's default of 100; the connection string may say otherwise.
    private const int Connections = 6;

    private readonly Lazy<NpgsqlDataSource> _database = new(() => Open(options.Value));

    public async Task<string?> One(ReadModel model, string key, CancellationToken cancellation)
    {
        try
        {
            await using var command = _database.Value.CreateCommand(model.OneSql);
            // Of unknown type, so that PostgreSQL reads it as the column's: a cast of the column would hide its index.
            command.Parameters.Add(new() { Value = key, NpgsqlDbType = NpgsqlDbType.Unknown });
            return (string?)await command.ExecuteScalarAsync(cancellation);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.InvalidTextRepresentation or PostgresErrorCodes.NumericValueOutOfRange)
        {
            return null;
        }
        catch (NpgsqlException error)
        {
            throw Unreadable(model, error);
        }
    }

    public async Task<List<string>> Many(ReadModel model, int limit, CancellationToken cancellation)
    {
        try
        {
            await using var command = _database.Value.CreateCommand(model.ManySql);
            command.Parameters.Add(new() { Value = limit, NpgsqlDbType = NpgsqlDbType.Integer });
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            var found = new List<string>();
            while (await rows.ReadAsync(cancellation)) found.Add(rows.GetString(0));
            return found;
        }
        catch (NpgsqlException error)
        {
            throw Unreadable(model, error);
        }
    }

    public ValueTask DisposeAsync() => _database.IsValueCreated ? _database.Value.DisposeAsync() : ValueTask.CompletedTask;

    private static UnavailableException Unreadable(ReadModel model, NpgsqlException error) =>
        new($"The read model '{model.Name}' cannot be read now. If it never could, check its relation and the database of Phoenix:ConnectionString; the gateway's log has the cause.", error);

    private static NpgsqlDataSource Open(PhoenixGatewayOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        (settings.ApplicationName, settings.Multiplexing, settings.ClientEncoding) = ("phoenix-gateway", false, "UTF8");
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = Connections;
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, settings.MaxPoolSize);
        settings.SearchPath ??= options.Schema;
        // A gateway whose machine vanished is given up after 25 s.
        const string Limits = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=25000 -c idle_in_transaction_session_timeout=10000";
        settings.Options = $"{Limits} {settings.Options} -c default_transaction_read_only=on -c statement_timeout=10000".Trim();
        return NpgsqlDataSource.Create(settings);
    }
}
