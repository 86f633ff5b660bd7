using Marten;
using Marten.Events.Aggregation;
using Marten.Internal.Sessions;
using Npgsql;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Projecting;

/// <summary>
/// Keeps a silo that was frozen from writing with leases that others have by now. Marten moves the progress of a projection only from where
/// the batch began, so nothing is ever written twice; this refuses also the batch of a former owner that would fit. It asks the database
/// when the leases were not prolonged a moment ago, in the batch's own transaction and as its last statement, and keeps the lease from
/// changing hands until that transaction has ended. While they are fresh it costs nothing.
/// </summary>
internal sealed class ProjectionFence : IMessageOutbox, ITransactionParticipant
{
    private readonly TimeProvider _time;
    private readonly string _owner, _held;

    private IMessageOutbox? _inner;
    private volatile State _state = new([], [], null);

    public ProjectionFence(ILogStore store, ProjectionLeases leases, TimeProvider time)
    {
        (_time, _owner) = (time, leases.Owner);
        var names = new TableNames(store.Options);
        // The rows of progress that this transaction has written tell what it projects.
        _held = $"""
            select (select count(*) from {names.Progression} p where p.xmin = pg_current_xact_id()::xid),
                (select count(*) from (
                select 1 from {names.Progression} p
                join {names.Leases} l on l.name = '{ProjectionLeases.Prefix}' || p.name
                join unnest($2, $3) as h(name, epoch) on h.name = p.name and h.epoch = l.epoch
                where p.xmin = pg_current_xact_id()::xid and l.owner = $1
                for share of l) held)
            """;
    }

    /// <summary>
    /// For how long after they were prolonged leases are taken for held without asking; the shortest lease is 3 s. 2 s.
    /// </summary>
    public TimeSpan Fresh { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Stands before whatever outbox the store has: Marten asks it before each batch of a projection.</summary>
    public void Guard(DocumentStore store)
    {
        if (store.Options.Events.MessageOutbox == this) return;
        _inner = store.Options.Events.MessageOutbox;
        store.Options.Events.MessageOutbox = this;
    }

    /// <summary>Takes in what this silo holds.</summary>
    /// <param name="held">The projections with their epochs.</param>
    /// <param name="prolonged">When the database was asked to prolong them; null when each batch is to ask.</param>
    public void Holds(IReadOnlyDictionary<string, long> held, long? prolonged) =>
        _state = new([.. held.Keys], [.. held.Values], prolonged);

    public ValueTask<IMessageBatch> CreateBatch(DocumentSessionBase session)
    {
        // By the interface: the sessions of projections hide the method of their base class, which would keep it to itself.
        ((ITransactionParticipantRegistrar)session).AddTransactionParticipant(this);
        return _inner!.CreateBatch(session);
    }

    public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
    {
        var state = _state;
        if (state.Prolonged is { } prolonged && _time.GetElapsedTime(prolonged) < Fresh) return;
        await using var command = new NpgsqlCommand(_held, connection, transaction)
        {
            Parameters = { new() { Value = _owner }, new() { Value = state.Shards }, new() { Value = state.Epochs } },
        };
        await using var reader = await command.ExecuteReaderAsync(token);
        await reader.ReadAsync(token);
        if (reader.GetInt64(0) != reader.GetInt64(1)) throw new LeaseLostException();
    }

    private sealed record State(string[] Shards, long[] Epochs, long? Prolonged);
}

/// <summary>Another silo runs the projection now; what this one had ready was not written.</summary>
internal sealed class LeaseLostException() : Exception("Another silo has the lease of this projection now; nothing of this batch was written.");
