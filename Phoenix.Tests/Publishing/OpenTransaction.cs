using Npgsql;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>A transaction of somebody's on a database of the log, which stays open until the test ends it.</summary>
internal sealed class OpenTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
{
    public int Pid => connection.ProcessID;

    /// <summary>Begins and runs a statement, with the stream as $1 where there is one.</summary>
    public static async Task<OpenTransaction> BeginAsync(string database, string sql, string? stream = null, string application = "a-stranger")
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false, ApplicationName = application }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var begun = new OpenTransaction(connection, await connection.BeginTransactionAsync(TestContext.Current.CancellationToken));
        await begun.RunAsync(sql, stream);
        return begun;
    }

    /// <summary>Has stored an event, and its number is drawn; nobody can see it yet.</summary>
    public static Task<OpenTransaction> AppendAsync(string database, string stream, string application = "a-stranger") => BeginAsync(database, """
        insert into phoenix.mt_events (seq_id, id, stream_id, version, data, type) values (nextval('phoenix.mt_events_sequence'), gen_random_uuid(), $1, 1, '{"number":1}', 'tests.noted')
        """, stream, application);

    public async Task RunAsync(string sql, string? stream = null)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (stream is not null) command.Parameters.Add(new() { Value = stream });
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public Task CommitAsync() => transaction.CommitAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
