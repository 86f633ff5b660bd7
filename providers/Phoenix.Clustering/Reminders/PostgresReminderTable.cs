using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Orleans.Configuration;
using Phoenix.Clustering.Membership;
using Phoenix.Clustering.Schema;

namespace Phoenix.Clustering.Reminders;

/// <summary>The reminders of one service. Each call is one statement; an etag is new with each write of its row.</summary>
internal sealed class PostgresReminderTable : IReminderTable, IDisposable
{
    private readonly PostgresRemindersOptions _options;
    private readonly string _service;
    private readonly SchemaName _schema;
    private readonly ReminderStatements _sql;
    private readonly NpgsqlDataSource _source;

    public PostgresReminderTable(IOptions<PostgresRemindersOptions> options, IOptions<ClusterOptions> cluster)
    {
        _options = options.Value;
        _service = cluster.Value.ServiceId;
        _schema = new(_options.Schema);
        _sql = new(_schema);
        _source = TableConnections.Open(_options);
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_options.ApplySchema) await SchemaApplication.ApplyAsync(_source, _schema, [TableDefinitions.Reminders(_schema)], cancellationToken);
    }

    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadAsync(_sql.OfGrain, Text(grainId.ToString()));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadAsync(begin < end ? _sql.InRange : _sql.AroundTheEnd, Number(begin), Number(end));

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        (await ReadAsync(_sql.One, Text(grainId.ToString()), Text(reminderName))).Reminders.SingleOrDefault();

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var etag = Guid.NewGuid();
        await ExecuteAsync(
            _sql.Upsert, Text(entry.GrainId.ToString()), Text(entry.ReminderName), Number(entry.GrainId.GetUniformHashCode()),
            new() { Value = DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc) }, new() { Value = entry.Period, NpgsqlDbType = NpgsqlDbType.Interval }, new() { Value = etag });
        return etag.ToString();
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        Guid.TryParse(eTag, out var etag) && await ExecuteAsync(_sql.Remove, Text(grainId.ToString()), Text(reminderName), new() { Value = etag }) == 1;

    public Task TestOnlyClearTable() => ExecuteAsync(_sql.Clear);

    public void Dispose() => _source.Dispose();

    private async Task<ReminderTableData> ReadAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var rows = await command.ExecuteReaderAsync();
        var found = new List<ReminderEntry>();
        while (await rows.ReadAsync())
        {
            found.Add(new()
            {
                GrainId = GrainId.Parse(rows.GetString(0)),
                ReminderName = rows.GetString(1),
                StartAt = rows.GetDateTime(2),
                Period = rows.GetTimeSpan(3),
                ETag = rows.GetGuid(4).ToString(),
            });
        }

        return new(found);
    }

    private async Task<int> ExecuteAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Command(string sql, NpgsqlParameter[] parameters)
    {
        var command = _source.CreateCommand(sql);
        command.Parameters.Add(Text(_service));
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter Text(string value) => MemberRow.Text(value);

    private static NpgsqlParameter Number(uint value) => new() { Value = (long)value };
}
