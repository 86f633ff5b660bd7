using Npgsql;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>The log's own connections, apart from Marten's.</summary>
internal sealed class EventStoreConnections : IAsyncDisposable
{
    /// <summary>The application name of the commit queue's connections, as pg_stat_activity shows it.</summary>
    public const string CommitApplicationName = "phoenix-commit-queue";

    private const int FollowingConnections = 3;

    public EventStoreConnections(EventStoreOptions options)
    {
        Commits = Create(options, CommitApplicationName, builder =>
        {
            builder.MinPoolSize = Math.Min(builder.MinPoolSize, options.Flushes);
            builder.MaxPoolSize = options.Flushes;
            builder.CommandTimeout = (int)Math.Ceiling(options.AttemptTimeLimit.TotalSeconds);
            // Prepared explicitly. Prepared automatically, by the batch that executes them, an error of that batch leaves Npgsql 10.0.3
            // with a wrong idea of what is prepared: later batches failed with 26000, or committed and then broke over "unexpected backend
            // message DataRow".
            builder.MaxAutoPrepare = 0;
            builder.NoResetOnClose = true;
            SessionLimits.Add(builder, options.AttemptTimeLimit, options.LockWait, 0.8 * options.AttemptTimeLimit);
        }, @"-c default_transaction_isolation=read\ committed -c enable_seqscan=off -c enable_bitmapscan=off -c jit=off -c plan_cache_mode=force_generic_plan");
        var histories = Math.Max(1, options.ReadConnections / 5);
        Turns = new(options.ReadConnections - histories);
        HistoryTurns = new(histories);
        Reads = Create(options, "phoenix-event-store", builder =>
        {
            builder.MinPoolSize = Math.Min(builder.MinPoolSize, options.ReadConnections);
            builder.MaxPoolSize = options.ReadConnections;
            builder.MaxAutoPrepare = 16;
            builder.AutoPrepareMinUsages = 2;
            builder.CommandTimeout = (int)Math.Ceiling(options.ReadTimeLimit.TotalSeconds);
            SessionLimits.Add(builder, options.ReadTimeLimit, 0.8 * options.ReadTimeLimit, options.ReadTimeLimit);
        }, "-c jit=off -c max_parallel_workers_per_gather=0");
        // Each statement sees what was committed before it began: the gap proof stands on that.
        Following = Create(options, "phoenix-publications", builder =>
        {
            builder.MinPoolSize = 0;
            builder.MaxPoolSize = FollowingConnections;
            builder.MaxAutoPrepare = 16;
            builder.AutoPrepareMinUsages = 2;
            builder.CommandTimeout = (int)Math.Ceiling(options.ReadTimeLimit.TotalSeconds);
            SessionLimits.Add(builder, options.ReadTimeLimit, 0.8 * options.ReadTimeLimit, options.ReadTimeLimit);
        }, @"-c default_transaction_isolation=read\ committed -c jit=off -c max_parallel_workers_per_gather=0");
    }

    /// <summary>
    /// One connection a flush. Sequential scans are off and the plan is made once: one made while the ledger is small must not become a
    /// scan of the large one, and planning anew for each flush costs 10 us a row.
    /// </summary>
    public NpgsqlDataSource Commits { get; }

    /// <summary>For replay, the ledger and snapshots.</summary>
    public NpgsqlDataSource Reads { get; }

    /// <summary>For following the log and for the checkpoints of who does. None is opened where nobody does.</summary>
    public NpgsqlDataSource Following { get; }

    /// <summary>Whose turn it is at <see cref="Reads"/>, for those that may be very many.</summary>
    public ReadTurns Turns { get; }

    /// <summary>The same for histories and states of the past, whose readers are not to keep aggregates from becoming active.</summary>
    public ReadTurns HistoryTurns { get; }

    public async ValueTask DisposeAsync()
    {
        await Commits.DisposeAsync();
        await Reads.DisposeAsync();
        await Following.DisposeAsync();
        Turns.Dispose();
        HistoryTurns.Dispose();
    }

    private static NpgsqlDataSource Create(EventStoreOptions options, string application, Action<NpgsqlConnectionStringBuilder> configure, string settings)
    {
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString) { ApplicationName = application, Enlist = false, Multiplexing = false };
        builder.Timeout = Math.Min(builder.Timeout, (int)Math.Ceiling(options.AttemptTimeLimit.TotalSeconds));
        configure(builder);
        // Part of the start of each session, so that none is without them, also when it was reset for its next user.
        builder.Options = $"{builder.Options} {settings}";
        return NpgsqlDataSource.Create(builder);
    }
}
