using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Phoenix.Clustering.Schema;

namespace Phoenix.Clustering.Membership;

/// <summary>
/// The members of one cluster. Every change of a member moves the table's version in the same transaction, which holds the version's row
/// from its first statement on: changes come one after the other, and one that was made on what is no longer so changes nothing and returns
/// false. A change whose end cannot be seen throws; the membership protocol then reads the table and decides anew.
/// </summary>
internal sealed class PostgresMembershipTable : IMembershipTable, IDisposable
{
    private readonly PostgresClusteringOptions _options;
    private readonly string _cluster;
    private readonly SchemaName _schema;
    private readonly MembershipStatements _sql;
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _clock;
    private long _secondsAhead;

    public PostgresMembershipTable(IOptions<PostgresClusteringOptions> options, IOptions<ClusterOptions> cluster, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _options = options.Value;
        _cluster = cluster.Value.ClusterId;
        _schema = new(_options.Schema);
        _sql = new(_schema);
        _source = TableConnections.Open(_options);
    }

    public Task InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion, CancellationToken.None);

    public async Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken)
    {
        if (_options.ApplySchema)
            await SchemaApplication.ApplyAsync(_source, _schema, [TableDefinitions.Versions(_schema), TableDefinitions.Members(_schema)], cancellationToken);
        if (!tryInitTableVersion) return;
        await using var command = Command(_sql.CreateVersion, new NpgsqlParameter { Value = Guid.NewGuid() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, CancellationToken.None);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken) =>
        ReadAsync(Command(_sql.ReadOne, MemberRow.Text(key.ToParsableString())), cancellationToken);

    public Task<MembershipTableData> ReadAll() => ReadAllAsync(CancellationToken.None);

    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken) => ReadAsync(Command(_sql.ReadAll), cancellationToken);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, CancellationToken.None);

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken) =>
        ChangeAsync(tableVersion, Statement(_sql.Insert, MemberRow.Parameters(_cluster, entry, Guid.NewGuid(), Ahead)), cancellationToken);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => UpdateRowAsync(entry, etag, tableVersion, CancellationToken.None);

    public async Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken) =>
        Guid.TryParse(etag, out var expected)
        && await ChangeAsync(tableVersion, Statement(_sql.Update, [.. MemberRow.Parameters(_cluster, entry, Guid.NewGuid(), Ahead), new() { Value = expected }]), cancellationToken);

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, CancellationToken.None);

    public async Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken)
    {
        await using var command = Command(_sql.KeepAlive, MemberRow.Text(entry.SiloAddress.ToParsableString()), new() { Value = MemberRow.Utc(entry.IAmAliveTime + Ahead) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, CancellationToken.None);

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken) =>
        InTransactionAsync([Statement(_sql.LockVersion, [MemberRow.Text(_cluster)]), Statement(_sql.RemoveDefunct, [MemberRow.Text(_cluster), new() { Value = beforeDate.UtcDateTime + Ahead }])],
            static _ => true, cancellationToken);

    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, CancellationToken.None);

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken) =>
        InTransactionAsync([Statement(_sql.DeleteVersion, [MemberRow.Text(clusterId)]), Statement(_sql.DeleteMembers, [MemberRow.Text(clusterId)])], static _ => true, cancellationToken);

    public void Dispose() => _source.Dispose();

    // How far the database's clock is ahead of ours, as seen when the table was last read, which comes before every change. Parts of a
    // second decide nothing here, and without them an entry comes back as it was written.
    private TimeSpan Ahead
    {
        get => TimeSpan.FromSeconds(Volatile.Read(ref _secondsAhead));
        set => Volatile.Write(ref _secondsAhead, (long)Math.Round(value.TotalSeconds));
    }

    private async Task<bool> ChangeAsync(TableVersion next, NpgsqlBatchCommand change, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(next.VersionEtag, out var expected)) return false;
        var move = Statement(_sql.MoveVersion, [MemberRow.Text(_cluster), new() { Value = expected }, new() { Value = next.Version }, new() { Value = Guid.NewGuid() }]);
        return await InTransactionAsync([move, change], static commands => commands.All(command => command.RecordsAffected == 1), cancellationToken);
    }

    // Read committed: each statement sees what had committed when it began, and the version's row is held from the first one on.
    private async Task<bool> InTransactionAsync(NpgsqlBatchCommand[] commands, Func<NpgsqlBatchCommand[], bool> isGood, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (!isGood(commands))
        {
            await transaction.RollbackAsync(cancellationToken);
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<MembershipTableData> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var _ = command;
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        // Without a version nobody can change anything: an etag that never matches.
        var version = new TableVersion(0, "");
        var members = new List<Tuple<MembershipEntry, string>>();
        while (await rows.ReadAsync(cancellationToken))
        {
            version = new(rows.GetInt32(0), rows.GetGuid(1).ToString());
            if (members.Count == 0) Ahead = rows.GetDateTime(rows.FieldCount - 1) - _clock.GetUtcNow().UtcDateTime;
            if (!rows.IsDBNull(2)) members.Add(MemberRow.Read(rows, Ahead));
        }

        return new(members, version);
    }

    private NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = _source.CreateCommand(sql);
        command.Parameters.Add(MemberRow.Text(_cluster));
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlBatchCommand Statement(string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }
}
