using Npgsql;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

/// <summary>An aggregate whose log takes nothing until this is disposed: what needs it is on its way, whatever the machine's speed.</summary>
internal sealed class HeldStream : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private HeldStream(NpgsqlConnection connection) => _connection = connection;

    public static async Task<HeldStream> TakeAsync(string database, string aggregateId)
    {
        var held = new HeldStream(new(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString));
        await held._connection.OpenAsync(TestContext.Current.CancellationToken);
        await held._connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var hold = new NpgsqlCommand("select count(*) from (select 1 from phoenix.mt_streams where id like '%/' || $1 for update) one", held._connection);
        hold.Parameters.Add(new() { Value = aggregateId });
        Assert.Equal(1L, await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        return held;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
