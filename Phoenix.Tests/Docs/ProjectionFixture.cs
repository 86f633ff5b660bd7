using JasperFx.Events;
using JasperFx.Events.Daemon;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.Hosting;

namespace Phoenix.Tests.Docs;

#region fixture
/// <summary>Given events, then rows: the projections of a module on a PostgreSQL of the test.</summary>
public sealed class ProjectionFixture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;
    private readonly ILogStore _store;
    private readonly NpgsqlDataSource _database;

    public ProjectionFixture(string connectionString, IDomainModule module)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMartenStore<ILogStore>(options =>
        {
            options.Connection(connectionString);
            options.DatabaseSchemaName = "shop";
            options.Events.StreamIdentity = StreamIdentity.AsString;
            options.Events.MetadataConfig.EnableAll();
            options.Projections.AsyncMode = DaemonMode.Solo;
            // As a silo: stand at what cannot be taken.
            options.Projections.Errors.SkipApplyErrors = false;
        });
        module.Configure(services);
        _services = services.BuildServiceProvider();
        _store = _services.GetRequiredService<ILogStore>();
        _database = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>Adds events to the end of a stream, such as <c>shop.account/ann</c>.</summary>
    public async Task GivenAsync(string stream, params object[] events) => await GivenAsync(stream, null, events);

    /// <summary>The same, as steps of a transaction add them: with its stream as correlation.</summary>
    public async Task GivenAsync(string stream, string? transaction, object[] events)
    {
        await using var session = _store.LightweightSession();
        session.CorrelationId = transaction;
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    /// <summary>All that was given goes through the projections; then the rows of a query, a value for each column.</summary>
    /// <exception cref="TimeoutException">A projection did not come to the end; the log of the test has the cause.</exception>
    public async Task<IReadOnlyList<object?[]>> RowsAsync(string sql)
    {
        using (var daemon = await _store.BuildProjectionDaemonAsync())
        {
            await daemon.StartAllAsync();
            await daemon.WaitForNonStaleData(Patience);
            await daemon.StopAllAsync();
        }

        await using var command = _database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => reader.IsDBNull(column) ? null : reader.GetValue(column))]);
        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _services.DisposeAsync();
    }
}
#endregion
