using System.Text.Json;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.EventStore.Commits;
using Phoenix.EventStore.Schema;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>The plan of the append statement, made while the tables are empty, is the one for full tables too.</summary>
[Trait("Category", "Servers")]
public sealed class AppendPlanTests(SharedPostgres postgres)
{
    private const int Streams = 100;

    private const string Types =
        "text[], bigint[], bigint[], text[], uuid[], text[], smallint[], text[], text[], text[], bigint[], bigint[], text[], text[], text[], bytea[], text[], "
        + "text[], bigint[], uuid[], text[], text[], text[], text[], text[], text[], boolean";

    private const string DueTypes =
        "text[], text[], smallint[], uuid[], bigint[], uuid[], smallint[], interval[], timestamptz[], interval[], interval[], text[], text[], text[], text[], "
        + "text[], text[]";

    private const string TagTypes = "text[], text[], text[], boolean[]";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [InlineData(true, true)]
    public async Task a_plan_made_on_empty_tables_stays_and_so_does_its_cost_a_row(bool withDue, bool withTags = false)
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        // Filling the tables takes longer than a commit may.
        await using var log = new EventLog(database, options => options.AttemptTimeLimit = TimeSpan.FromMinutes(5));
        await using var connections = new EventStoreConnections(log.Options);
        await using var connection = await connections.Commits.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var statements = new CommitStatements(new TableNames(log.Store.Options));
        var prepare = withTags ? $"prepare append({Types}, {DueTypes}, {TagTypes}) as {statements.AppendWithTags}"
            : withDue ? $"prepare append({Types}, {DueTypes}) as {statements.AppendWithDue}" : $"prepare append({Types}) as {statements.Append}";
        await ExecuteAsync(connection, prepare);

        // Streams that are created, and then moved, on tables as good as empty, and others on full ones: a stream moved
        // before has old rows that a snapshot of anybody's (autovacuum's, too) keeps, and each is a page to look at.
        await AppendAsync(connection, first: 0, version: 0, withDue, withTags);
        var (planBefore, costBefore) = await AppendAsync(connection, first: 0, version: 1, withDue, withTags);
        await FillAsync(connection);

        // A connection may be new when the tables are full and their statistics are not.
        await ExecuteAsync(connection, "deallocate append");
        await ExecuteAsync(connection, prepare);
        var (planBetween, _) = await AppendAsync(connection, first: Streams, version: 0, withDue, withTags);
        await ExecuteAsync(connection, "analyze");
        var (planAfter, costAfter) = await AppendAsync(connection, first: Streams, version: 1, withDue, withTags);

        Assert.Equal(planBefore, planAfter);
        Assert.DoesNotContain("Seq Scan", planBetween + planAfter);
        // Pages touched for a row: it descends five indexes (streams, ledger twice, events twice), and one of 200,000 entries is two levels
        // deeper than one of a few. A due row is looked for before it is written and taken away, in one or two indexes, and a tag in one.
        Assert.InRange(costAfter, 1, costBefore + (2 * (withTags ? 15 : withDue ? 12 : 5)));
        Assert.Equal(0L, await ScalarAsync(connection, "select custom_plans from pg_prepared_statements where name = 'append'"));
        Assert.Equal(4L * Streams, await ScalarAsync(connection, "select count(*) from phoenix.mt_events where stream_id similar to 'tests.note/[01]%' and version <= 2"));
    }

    /// <summary>
    /// Moves streams, as many as <see cref="Streams"/>, by one event each; tells the plan's nodes and the pages it touched for each.
    /// </summary>
    private static async Task<(string Plan, double PagesARow)> AppendAsync(NpgsqlConnection connection, int first, long version, bool withDue,
        bool withTags)
    {
        var streams = Enumerable.Range(first, Streams).Select(number => $"tests.note/{number:000}").ToList();
        var ids = streams.ConvertAll(_ => Guid.NewGuid().ToString());
        var arguments = string.Join(", ",
            Of(streams), Of(streams.Select(_ => $"{version}")), Of(streams.Select(_ => "1")),
            Of(streams), Of(ids), Nulls, Of(streams.Select(_ => "1")), Nulls, Nulls, Nulls,
            Of(streams.Select(_ => $"{version}")), Of(streams.Select(_ => $"{version + 1}")), Of(streams.Select(_ => "tests.note")), Nulls, Nulls, Of(streams.Select(_ => "\\x01")), Nulls,
            Of(streams), Of(streams.Select(_ => $"{version + 1}")), Of(streams.Select(_ => Guid.NewGuid().ToString())), Of(streams.Select(_ => "tests.noted")),
            Of(streams.Select(_ => "{\"number\":1}")), Of(ids), Nulls, Nulls, Nulls,
            "true");
        if (withDue) arguments = $"{arguments}, {Due(streams, version)}";
        if (withTags) arguments = $"{arguments}, {Tags(streams, version)}";
        var json = (string)(await ScalarAsync(connection, $"explain (analyze, buffers, format json) execute append({arguments})"))!;
        using var explained = JsonDocument.Parse(json);
        var root = explained.RootElement[0].GetProperty("Plan");
        // One row when every stream passed; more tell of those that did not.
        Assert.Equal(1, root.GetProperty("Actual Rows").GetInt64());
        // An index scan by array sorts the array each time it is started.
        Assert.All(ArrayScans(root), scan => Assert.Equal(1, scan.GetProperty("Actual Loops").GetInt64()));
        var pages = root.GetProperty("Shared Hit Blocks").GetInt64() + root.GetProperty("Shared Read Blocks").GetInt64();
        return (string.Join('\n', Nodes(root)), (double)pages / Streams);
    }

    /// <summary>Each stream sets one row at its creation, and with its next event it delivers that one and sets another.</summary>
    private static string Due(List<string> streams, long version)
    {
        (string Stream, bool Sets)[] rows = [.. streams.SelectMany(stream => version == 0 ? [(stream, true)] : new[] { (stream, true), (stream, false) })];
        var generation = new Guid(1, 0, 0, new byte[8]).ToString();
        return string.Join(", ",
            Of(rows.Select(row => row.Stream)), Of(rows.Select(row => version == 0 || !row.Sets ? "first" : "second")), Of(rows.Select(row => row.Sets ? "1" : "3")),
            Some(rows, row => row.Sets ? null : generation), Some(rows, row => row.Sets ? null : "0"), Some(rows, row => row.Sets ? generation : null), Some(rows, row => row.Sets ? "1" : null),
            Some(rows, row => row.Sets ? "1 s" : null), "'{}'", "'{}'", Some(rows, row => row.Sets ? "0 s" : null), Some(rows, row => row.Sets ? row.Stream : null),
            Some(rows, row => row.Sets ? "tests.note" : null), Some(rows, row => row.Sets ? "{}" : null), "'{}'", "'{}'", "'{}'");
    }

    /// <summary>Each stream takes a tag at its creation, and leaves it for another with its next event.</summary>
    private static string Tags(List<string> streams, long version)
    {
        (string Stream, string Tag, bool Takes)[] rows = [.. streams.SelectMany(stream => version == 0
            ? [(stream, "first", true)] : new[] { (stream, "first", false), (stream, "second", true) })];
        return string.Join(", ", Of(rows.Select(row => row.Stream)), Of(rows.Select(_ => "tests.news")), Of(rows.Select(row => row.Tag)),
            Of(rows.Select(row => row.Takes ? "true" : "false")));
    }

    private static string Some((string Stream, bool Sets)[] rows, Func<(string Stream, bool Sets), string?> value) =>
        $"'{{{string.Join(',', rows.Select(row => value(row) is { } text ? $"\"{text}\"" : "null"))}}}'";

    private static string Nulls => $"'{{{string.Join(',', Enumerable.Repeat("null", Streams))}}}'";

    private static string Of(IEnumerable<string> values) => $"'{{{string.Join(',', values.Select(value => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""))}}}'";

    private static IEnumerable<string> Nodes(JsonElement node, int depth = 0)
    {
        var relation = node.TryGetProperty("Index Name", out var name) || node.TryGetProperty("Relation Name", out name) ? $" {name.GetString()}" : "";
        yield return $"{new string(' ', depth)}{node.GetProperty("Node Type").GetString()}{relation}";
        if (!node.TryGetProperty("Plans", out var plans)) yield break;
        foreach (var line in plans.EnumerateArray().SelectMany(plan => Nodes(plan, depth + 1))) yield return line;
    }

    private static IEnumerable<JsonElement> ArrayScans(JsonElement node)
    {
        var below = node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().SelectMany(ArrayScans) : [];
        return node.TryGetProperty("Index Cond", out var condition) && condition.GetString()!.Contains("ANY", StringComparison.Ordinal) ? below.Prepend(node) : below;
    }

    private static async Task FillAsync(NpgsqlConnection connection)
    {
        await ExecuteAsync(connection, """
            insert into phoenix.mt_streams (id, version) select 'tests.note/x' || n, 1 from generate_series(1, 200000) n;
            insert into phoenix.mt_events (seq_id, id, stream_id, version, data, type)
                select nextval('phoenix.mt_events_sequence'), gen_random_uuid(), 'tests.note/x' || n, 1, '{"number":1}', 'tests.noted' from generate_series(1, 200000) n;
            insert into phoenix.phoenix_due (owner, name, due, payload, generation) select 'tests.note/x' || n, 'first', now() + interval '1 day', '{}', gen_random_uuid() from generate_series(1, 200000) n;
            insert into phoenix.phoenix_tags (subscription, tag, aggregate, id)
                select 'tests.news', 'first', 'tests.note', 'x' || n from generate_series(1, 200000) n;
            insert into phoenix.phoenix_ledger (command_id, stream, outcome, version_before, version_after, command, payload_hash)
                select gen_random_uuid(), 'tests.note/x' || n, 1, 0, 1, 'tests.note', '\x01' from generate_series(1, 200000) n;
            """);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
