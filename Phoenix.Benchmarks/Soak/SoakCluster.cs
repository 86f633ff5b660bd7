using Npgsql;
using Phoenix.Benchmarks.Soak.Clients;
using Phoenix.Faults;
using Phoenix.Local;
using Phoenix.Local.Programs;
using Phoenix.Runs.Faults;
using Phoenix.Runs.Samples;

namespace Phoenix.Benchmarks.Soak;

/// <summary>
/// PostgreSQL behind a network that can be broken, broker, three silo processes that can be broken one by one, and the warehouse's.
/// </summary>
internal sealed class SoakCluster : IAsyncDisposable
{
    public const int Count = 3;
    private const int CommitsHit = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly InfrastructureOptions _options;
    private readonly SiloProcess?[] _silos = new SiloProcess?[Count];
    private readonly SiloSettings _settings;
    private SiloProcess? _warehouse;
    private readonly PostgresFaultProxy _network;

    private readonly CommandTopic _topic;

    private SoakCluster(InfrastructureOptions options, PostgresServer postgres, KafkaBroker kafka, ClusterNames names)
    {
        _topic = new(kafka.BootstrapServers, GarbageWriter.TopicOf(names.TopicPrefix));
        (_options, Postgres, Kafka, Names) = (options, postgres, kafka, names);
        _network = new(postgres.ConnectionString);
        // Two silos and more publish, and hand slices over while others are killed.
        _settings = new(_network.ConnectionString, kafka.BootstrapServers, names)
        {
            Further = new Dictionary<string, string>
            {
                ["Phoenix__Publications__Settings__shop.account__Slices"] = "3",
                ["Phoenix__Publications__RebalanceAfter"] = "00:00:05",
                // Few enough that crowds of transfers are refused.
                ["Phoenix__Transactions__MaxUnderWayOf__shop.transfer"] = "20",
            },
        };
    }

    public PostgresServer Postgres { get; }

    public KafkaBroker Kafka { get; }

    public ClusterNames Names { get; }

    /// <summary>Whether topics are deleted and made again; what was not read is gone with them.</summary>
    public bool RecreatesTopics { get; init; }

    /// <summary>What this machine lets us break: an external server is not ours to stop, and the embedded broker forgets.</summary>
    public IReadOnlyCollection<FaultKind> Kinds => [.. Enum.GetValues<FaultKind>().Where(kind => kind switch
    {
        FaultKind.RestartPostgres => Postgres.ProcessId is not null,
        FaultKind.RestartBroker => Kafka.IsReal && Kafka.ProcessId is not null,
        FaultKind.RecreateTopic => RecreatesTopics && Kafka.IsReal,
        _ => true,
    })];

    public static async Task<SoakCluster> StartAsync(InfrastructureOptions options, bool recreatesTopics, CancellationToken cancellation)
    {
        var postgres = await PostgresServer.StartAsync(options, cancellation);
        KafkaBroker kafka;
        try
        {
            kafka = await KafkaBroker.StartAsync(options, cancellation);
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }

        var mark = Guid.NewGuid().ToString("N")[..8];
        var cluster = new SoakCluster(
            options, postgres, kafka, new ClusterNames($"soak_{mark}", $"soak-{mark}") { Silos = Count }.WithShop().WithWarehouse())
        {
            RecreatesTopics = recreatesTopics,
        };
        try
        {
            await cluster._topic.EnsureAsync();
            await kafka.CreateTopicAsync(ShopCluster.Payments(cluster.Names.TopicPrefix), 1, cancellation);
            // One after the other: the first one prepares database and topics.
            for (var number = 0; number < Count; number++) await cluster.StartSiloAsync(number, cancellation);
            cluster._warehouse = await SiloProcess.StartBesideAsync(ShopCluster.Warehouse, cluster._settings, options, cancellation);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Breaks something and mends it; returns when all silos run again.</summary>
    public async Task InjectAsync(Fault fault, CancellationToken cancellation)
    {
        switch (fault.Kind)
        {
            case FaultKind.KillSilo:
                await _silos[fault.Silo]!.Program.KillAsync();
                await Task.Delay(fault.Lasts, cancellation);
                break;
            case FaultKind.StopSilo:
                await _silos[fault.Silo]!.Program.StopAsync();
                break;
            case FaultKind.FreezeSilo:
                _silos[fault.Silo]!.Program.Freeze();
                await Task.Delay(fault.Lasts, cancellation);
                _silos[fault.Silo]!.Program.Thaw();
                // It has been declared dead and finds that out by itself.
                await Task.Delay(TimeSpan.FromSeconds(5), cancellation);
                break;
            case FaultKind.RestartPostgres:
                await Postgres.StopAsync(immediate: true);
                await Task.Delay(fault.Lasts, cancellation);
                await Postgres.StartAgainAsync(cancellation);
                break;
            case FaultKind.CutSessions:
                await CutSessionsAsync(cancellation);
                break;
            case FaultKind.LoseCommitReplies:
                await HitAsync(_network.SwallowNextCommitReply, cancellation);
                break;
            case FaultKind.CutBeforeCommits:
                await HitAsync(_network.CutBeforeNextCommit, cancellation);
                break;
            case FaultKind.BlackHole:
                _network.BlackHole();
                await Task.Delay(fault.Lasts, cancellation);
                _network.Pass();
                break;
            case FaultKind.KillService:
                await _warehouse!.Program.KillAsync();
                await Task.Delay(fault.Lasts, cancellation);
                break;
            case FaultKind.RecreateTopic:
                await _topic.RecreateAsync(cancellation);
                await Task.Delay(fault.Lasts, cancellation);
                await _silos[fault.Silo]!.Program.KillAsync();
                break;
            case FaultKind.RestartBroker:
                await Kafka.StopAsync(immediate: true);
                await Task.Delay(fault.Lasts, cancellation);
                await Kafka.StartAgainAsync(cancellation);
                break;
        }

        // Whatever ended for whatever reason is started again, as an orchestrator would.
        for (var number = 0; number < Count; number++)
        {
            if (!_silos[number]!.Program.HasExited) continue;
            await _silos[number]!.DisposeAsync();
            await StartSiloAsync(number, cancellation);
        }

        if (!_warehouse!.Program.HasExited) return;
        await _warehouse.DisposeAsync();
        _warehouse = await SiloProcess.StartBesideAsync(ShopCluster.Warehouse, _settings, _options, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
            if (silo is not null) await silo.DisposeAsync();
        if (_warehouse is not null) await _warehouse.DisposeAsync();
        await Kafka.DisposeAsync();
        await _network.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    /// <summary>Breaks some commits one after the other; one that the server refused for another reason is none.</summary>
    private static async Task HitAsync(Func<CommitFault> arm, CancellationToken cancellation)
    {
        for (var number = 0; number < CommitsHit; number++)
            await arm().Hit.WaitAsync(Patience, cancellation).ContinueWith(static hit => hit.Exception is null, cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task StartSiloAsync(int number, CancellationToken cancellation) => _silos[number] = await SiloProcess.StartAsync(number, Count, _settings, _options, cancellation);

    private async Task CutSessionsAsync(CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Postgres.ConnectionString) { Pooling = false, ApplicationName = "phoenix-soak" }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
