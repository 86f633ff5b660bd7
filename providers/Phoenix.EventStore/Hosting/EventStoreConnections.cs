using Npgsql;
using Phoenix.EventStore.Reading;

namespace Phoenix.EventStore;

/// <summary>The log's own connections, apart from Marten's.</summary>
internal sealed class EventStoreConnections : IAsyncDisposable
{
    /// <summary>The application name of the commit queue's connections, as pg_stat_activity shows it.</summary>
    public const string CommitApplicationName = "phoenix-commit-queue";

    public EventStoreConnections(EventStoreOptions options)
    {
        Commits = Create(options, CommitApplicationName, builder =>
        {
            builder.MinPoolSize = Math.Min(builder.MinPoolSize, options.Flushes);
            builder.MaxPoolSize = options.Flushes;
            builder.CommandTimeout = (int)Math.Ceiling(options.AttemptTimeLimit.TotalSeconds);
            // Prepared explicitly. Prepared automatically, by the batch that executes them, an error of that batch leaves Npgsql 10.0.3 with a wrong idea of
            // what is prepared: later batches failed with 26000, or committed and then broke over "unexpected backend message DataRow".
            builder.MaxAutoPrepare = 0;
            builder.NoResetOnClose = true;
        }, """
            set default_transaction_isolation = 'read committed';
            set enable_seqscan = off;
            set enable_bitmapscan = off;
            set jit = off;
            set plan_cache_mode = force_generic_plan;
            """);
        Turns = new(options.ReadConnections);
        Reads = Create(options, "phoenix-event-store", builder =>
        {
            builder.MinPoolSize = Math.Min(builder.MinPoolSize, options.ReadConnections);
            builder.MaxPoolSize = options.ReadConnections;
            builder.MaxAutoPrepare = 16;
            builder.AutoPrepareMinUsages = 2;
            builder.CommandTimeout = (int)Math.Ceiling(options.ReadTimeLimit.TotalSeconds);
        }, "set jit = off; set max_parallel_workers_per_gather = 0;");
    }

    /// <summary>
    /// One connection a flush. Sequential scans are off and the plan is made once: one made while the ledger is small must not become a scan of the large one,
    /// and planning anew for each flush costs 10 us a row.
    /// </summary>
    public NpgsqlDataSource Commits { get; }

    /// <summary>For replay, the ledger and snapshots.</summary>
    public NpgsqlDataSource Reads { get; }

    /// <summary>Whose turn it is at <see cref="Reads"/>, for those that may be very many.</summary>
    public ReadTurns Turns { get; }

    public async ValueTask DisposeAsync()
    {
        await Commits.DisposeAsync();
        await Reads.DisposeAsync();
        Turns.Dispose();
    }

    private static NpgsqlDataSource Create(EventStoreOptions options, string application, Action<NpgsqlConnectionStringBuilder> configure, string settings)
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString) { ApplicationName = application, Enlist = false, Multiplexing = false };
        builder.Timeout = Math.Min(builder.Timeout, (int)Math.Ceiling(options.AttemptTimeLimit.TotalSeconds));
        configure(builder);
        var source = new NpgsqlDataSourceBuilder(builder.ConnectionString);
        source.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(settings, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(settings, connection);
                await command.ExecuteNonQueryAsync();
            });
        return source.Build();
    }
}
