using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Commits;

/// <summary>
/// What a commit with tags has beyond one with due rows: part of <see cref="CommitStatements.AppendWithTags"/>, in the same transaction.
/// </summary>
internal static class TagStatements
{
    /// <summary>The wanted changes.</summary>
    public const string Wanted = """
        tagged as materialized (
            select * from unnest($45, $46, $47, $48) as g(stream, subscription, tag, is_set)
        ),
        """;

    /// <summary>
    /// Writes the changes of the streams that passed, in the order of their key, so that no two batches wait for each other.
    /// </summary>
    public static string Write(TableNames names) => $"""
        , tag_changes as materialized (
            select subscription, tag, left(stream, strpos(stream, '/') - 1) as aggregate, substr(stream, strpos(stream, '/') + 1) as id, is_set
            from tagged
            where (select rows from written) >= 0 and ((select all_passed from complete) or tagged.stream in (select id from passed))
        ), tags_set as (
            insert into {names.Tags} (subscription, tag, aggregate, id)
            select subscription, tag, aggregate, id from tag_changes where is_set
            order by subscription collate "C", tag collate "C", aggregate collate "C", id collate "C"
            on conflict do nothing
        ), tags_gone as (
            delete from {names.Tags} t using tag_changes c
            where not c.is_set and t.subscription = c.subscription and t.tag = c.tag and t.aggregate = c.aggregate and t.id = c.id
        )
        """;
}
