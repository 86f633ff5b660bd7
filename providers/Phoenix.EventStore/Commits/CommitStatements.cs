using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Commits;

/// <summary>The statement of a commit, and the locks that some need before it, pipelined in one READ COMMITTED transaction.</summary>
internal sealed class CommitStatements(TableNames names)
{
    /// <summary>For this transaction, how long each lock is waited for, in milliseconds.</summary>
    public const string LockWait = "select set_config('lock_timeout', $1, true)";

    /// <inheritdoc cref="DueStatements.Lock"/>
    public string LockDue { get; } = DueStatements.Lock(names);

    /// <summary>
    /// Locks the batch's streams in order (unordered locks deadlock) and does nothing more, so that the next statement's snapshot is taken
    /// when the locks are held: it sees every ledger row and version committed before. It counts instead of sending a row for each.
    /// Needed by streams that get no events, which the append does not move and so cannot hold, and by a batch that may have been sent
    /// before.
    /// </summary>
    public string Lock { get; } = $"""
        select count(*) from (select 1 from {names.Streams} where id = any($1) order by id collate "C" for update) as locked
        """;

    /// <summary>
    /// Checks every stream's version and, if asked to, the ledger, then writes only what belongs to streams that passed: a stream that
    /// moves passes by the row its move returned, one without events by the check under the lock. The move is its own lock: a row that
    /// someone else moved after this statement's snapshot has another version by the time it can be moved, and is not returned. So a stream
    /// may be lost although the version found is the expected one and the ledger knew nothing: it was overtaken, and sent again after
    /// <see cref="Lock"/> it learns by what. Where the ledger is not asked ($27), its key decides: a command that it knows ends the
    /// statement with 23505, and nothing is written. Tables are reached only by key, by a look-up for each row or by array, which keeps the
    /// plan steady, and an array by a scan of its own: an index scan by array inside a join sorts the whole array again for each row. So
    /// the ledger is read before it is joined, and the move finds its rows by their place, which this snapshot keeps. Streams are moved and
    /// created in the order of the locks. All batches write in one order: streams, ledger rows by key (the parameters come so), then due
    /// rows and events, which begin when the ledger rows are counted (PostgreSQL itself would begin with the last). So two batches never
    /// each want a row of the other's, and a command that the ledger knows costs no number of the events' sequence. A number is drawn only
    /// for an event of a stream that was moved or created: by then the transaction has its id, and the lock on the event table that every
    /// plan takes before it runs. Readers that go by the numbers stand on this: no number is in use that no lock holder answers for. Nearly
    /// always all pass, which is found out once instead of for each row. Returns how many streams passed, and a row for each that did not,
    /// with what the ledger knows of it: nearly always a single row for the batch.
    /// </summary>
    public string Append { get; } = Appending(names, withDue: false, withTags: false);

    /// <summary>
    /// The same with due rows, for a batch that has any: others do not pay for them. A stream that has due rows has a row of its own, of
    /// version 0 as long as it has no events: what has no row cannot be locked, and a decision without events could then be committed on a
    /// version that another has just left behind, and take the timer away that this one set.
    /// </summary>
    public string AppendWithDue { get; } = Appending(names, withDue: true, withTags: false);

    /// <summary>
    /// The same with due rows and tags. What is said there of a stream without events holds for its tags, too.
    /// </summary>
    public string AppendWithTags { get; } = Appending(names, withDue: true, withTags: true);

    private static string Appending(TableNames names, bool withDue, bool withTags) => $"""
        with {(withDue ? DueStatements.Wanted(names) : "")}{(withTags ? TagStatements.Wanted : "")} s as (
            select * from unnest($1, $2, $3) as t(id, expected, added)
        ), met as materialized (
            select * from {names.Ledger} where $27 and command_id = any($5)
        ), known as (
            select met.* from met join unnest($4, $5) as c(stream, id) on c.id = met.command_id and c.stream = met.stream
        ), ok as (
            select s.*, (select ctid from {names.Streams} m where m.id = s.id) as place
            from s where not exists (select 1 from known where known.stream = s.id){(withDue ? " and s.id not in (select owner from overtaken)" : "")}
            order by s.id collate "C"
        ), moved as (
            update {names.Streams} m set version = ok.expected + ok.added, timestamp = now()
            from ok where m.ctid = ok.place and m.id = ok.id and m.version = ok.expected and ok.added > 0
            returning m.id
        ), created as (
            insert into {names.Streams} (id, version, timestamp, created, tenant_id, is_archived)
            select ok.id, ok.added, now(), now(), '*DEFAULT*', false from ok
            where ok.expected = 0 and ok.place is null and (ok.added > 0{(withDue ? $" or ok.id in ({Owners(withTags)})" : "")})
            returning id
        ), passed as (
            select id from moved union all select id from created
            union all select id from ok where added = 0 and expected = coalesce((select version from {names.Streams} m where m.id = ok.id), 0)
                {(withDue ? $"and not (ok.expected = 0 and ok.place is null and ok.id in ({Owners(withTags)}))" : "")}
        ), complete as (
            select (select count(*) from passed) = cardinality($1) as all_passed
        ), recorded as (
            insert into {names.Ledger} (command_id, stream, original_id, outcome, code, message, reply, version_before, version_after,
                command, principal, source, payload_hash, payload)
            select c.id, c.stream, c.original_id, c.outcome, c.code, c.message, c.reply, c.version_before, c.version_after,
                c.command, c.principal, c.source, c.payload_hash, c.payload
            from unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                as c(stream, id, original_id, outcome, code, message, reply, version_before, version_after, command, principal, source, payload_hash, payload)
            where (select all_passed from complete) or c.stream in (select id from passed)
            returning 1
        ), written as (
            select count(*) as rows from recorded
        ), appended as (
            insert into {names.Events} (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, correlation_id, causation_id, headers, user_name, is_archived)
            select nextval('{names.EventSequence}'), e.id, e.stream, e.version, e.data::jsonb, e.type, now(), '*DEFAULT*',
                e.correlation_id, e.causation_id, e.headers::jsonb, e.user_name, false
            from (
                select t.* from unnest($18, $19, $20, $21, $22, $23, $24, $25, $26) with ordinality
                    as t(stream, version, id, type, data, causation_id, correlation_id, headers, user_name, place)
                where (select rows from written) >= 0 and ((select all_passed from complete) or t.stream in (select id from passed)) order by t.place
            ) e
        ){(withDue ? DueStatements.Write(names) : "")}{(withTags ? TagStatements.Write(names) : "")}
        select (select count(*) from passed), lost.*
        from (values (0)) as always left join (
            select s.id, coalesce((select version from {names.Streams} m where m.id = s.id), 0),
                known.command_id, known.original_id, known.outcome, known.code, known.message, known.reply, known.version_before, known.version_after,
                known.command, known.principal, known.source, known.payload_hash, known.payload, known.recorded_at
            from s left join known on known.stream = s.id
            where not (select all_passed from complete) and s.id not in (select id from passed)
        ) lost on true
        """;

    /// <summary>The streams that get a row of their own although they have no events.</summary>
    private static string Owners(bool withTags) =>
        withTags ? "select owner from wanted union all select stream from tagged" : "select owner from wanted";
}
