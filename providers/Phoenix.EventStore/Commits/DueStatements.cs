using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Commits;

/// <summary>
/// What a commit with due rows has beyond one without: part of <see cref="CommitStatements.AppendWithDue"/>, in the same transaction.
/// </summary>
internal static class DueStatements
{
    /// <summary>
    /// Locks the rows that the batch delivers, behind the locks on their streams. Those cover every change by a commit; these cover a
    /// stream that does not exist, which nothing can lock, and an operator who cancels a row without a commit.
    /// </summary>
    public static string Lock(TableNames names) => $"""
        select count(*) from (
            select 1 from unnest($1, $2) as w(owner, name) join {names.Due} d on d.owner = w.owner and d.name = w.name
            order by d.owner collate "C", d.name collate "C" for update of d
        ) as locked
        """;

    /// <summary>
    /// The wanted changes, and the streams that deliver a row which is not there as they say: cancelled, armed anew or delivered already.
    /// </summary>
    public static string Wanted(TableNames names) => $"""
        wanted as materialized (
            select * from unnest($28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44) as w(
                owner, name, change, expected_generation, expected_occurrence, generation, kind, delay, due_at, period, grace, target, command, payload,
                correlation_id, told_command, told_payload)
        ), overtaken as materialized (
            select w.owner from wanted w where w.expected_generation is not null and not exists (
                select 1 from {names.Due} d where d.owner = w.owner and d.name = w.name and d.generation = w.expected_generation and d.occurrence = w.expected_occurrence)
        ),
        """;

    /// <summary>
    /// Writes the changes of the streams that passed. Each row is touched by one of them at most: changes are netted, and a delivery either
    /// deletes or moves on.
    /// </summary>
    public static string Write(TableNames names) => $"""
        , changes as materialized (
            select * from wanted
            where (select rows from written) >= 0 and ((select all_passed from complete) or wanted.owner in (select id from passed))
        ), due_set as (
            insert into {names.Due} as d (owner, name, generation, occurrence, kind, scheduled, due, period, target, command, payload, correlation_id, attempts, last_error, dead_since,
                told_command, told_payload)
            select c.owner, c.name, c.generation, 0, c.kind, t.at, t.at + c.grace, c.period, c.target, c.command, c.payload, c.correlation_id, 0, null, null,
                c.told_command, c.told_payload
            from changes c cross join lateral (select greatest(coalesce(c.due_at, now() + c.delay), now()) as at) t
            where c.change = 1 order by c.owner collate "C", c.name collate "C"
            on conflict (owner, name) do update set generation = excluded.generation, occurrence = 0, kind = excluded.kind, scheduled = excluded.scheduled, due = excluded.due,
                period = excluded.period, target = excluded.target, command = excluded.command, payload = excluded.payload, correlation_id = excluded.correlation_id,
                attempts = 0, last_error = null, dead_since = null, told_command = excluded.told_command, told_payload = excluded.told_payload
        ), due_gone as (
            delete from {names.Due} d using changes c
            where d.owner = c.owner and d.name = c.name and (c.change = 2 or (c.change = 3 and d.period is null))
        ), due_on as (
            update {names.Due} d set occurrence = d.occurrence + 1, scheduled = {Next}, due = {Next}, attempts = 0, last_error = null, dead_since = null
            from changes c where d.owner = c.owner and d.name = c.name and c.change = 3 and d.period is not null
        )
        """;

    /// <summary>The first multiple of the period after now: what fell due in between was delivered by one.</summary>
    private const string Next = "d.scheduled + d.period * greatest(1, floor(extract(epoch from now() - d.scheduled) / extract(epoch from d.period)) + 1)::float8";
}
