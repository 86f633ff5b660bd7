using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Messaging;
using Phoenix.Clustering.Schema;

namespace Phoenix.Clustering.Membership;

/// <summary>
/// The active silos of a cluster that take clients. It only reads; before the first silo has made the table there are none.
/// </summary>
internal sealed class PostgresGatewayListProvider(
    IOptions<PostgresClusteringOptions> options, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> gateways) : IGatewayListProvider, IDisposable
{
    private readonly NpgsqlDataSource _source = TableConnections.Open(options.Value);
    private readonly string _sql = new MembershipStatements(new SchemaName(options.Value.Schema)).Gateways;

    public TimeSpan MaxStaleness { get; } = gateways.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _source.CreateCommand(_sql);
            command.Parameters.Add(MemberRow.Text(cluster.Value.ClusterId));
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            var found = new List<Uri>();
            while (await rows.ReadAsync(cancellationToken))
            {
                var silo = SiloAddress.FromParsableString(rows.GetString(0));
                found.Add(SiloAddress.New(silo.Endpoint.Address, rows.GetInt32(1), silo.Generation).ToGatewayUri());
            }

            return found;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return [];
        }
    }

    public void Dispose() => _source.Dispose();
}
