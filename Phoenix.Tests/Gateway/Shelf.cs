using System.Net;
using System.Text.Json;
using Npgsql;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Gateway;

/// <summary>A gateway before a table that has a column of every type, many nulls and many equal values.</summary>
internal sealed class Shelf : IAsyncDisposable
{
    public const int Rows = 60;

    /// <summary>The columns beside the key.</summary>
    public static readonly string[] Columns =
    [
        "title", "code", "fixed", "small", "pieces", "large", "price", "ratio", "rough", "sold", "tag", "day", "moment", "local", "state",
        "size",
    ];

    private Shelf(RunningGateway gateway, string database) => (Gateway, Database) = (gateway, database);

    public RunningGateway Gateway { get; }

    public string Database { get; }

    public static async Task<Shelf> StartAsync(SharedKafka kafka, SharedPostgres postgres, params (string, string)[] settings)
    {
        var database = await postgres.NewDatabaseAsync();
        await Sql.ExecuteAsync(database, $"""
            create schema phoenix;
            create type phoenix.state as enum ('new', 'used', 'lost');
            create domain phoenix.size as int check (value > 0);
            create table phoenix.books (
                id int primary key, title text, code varchar(20), fixed char(4), small int2, pieces int4 not null, large int8,
                price numeric, ratio float8, rough float4, sold bool, tag uuid, day date, moment timestamptz, local timestamp, state phoenix.state,
                size phoenix.size, secret text not null default 'hidden');
            insert into phoenix.books
            select n, case when n % 5 = 0 then null else 'Title ' || n % 7 end, case when n % 4 = 0 then null else 'c:' || n % 3 end,
                case when n % 4 = 0 then null else 'f' || n % 3 end, nullif(n % 6, 0), n % 4, nullif(n % 3, 0) * 5000000000,
                nullif(n % 8, 0) * 0.1, nullif(n % 9, 0) * 0.1, nullif(n % 9, 0) * 0.1,
                case n % 3 when 0 then null when 1 then true else false end,
                case when n % 7 = 0 then null else ('00000000-0000-0000-0000-00000000000' || n % 5)::uuid end,
                case when n % 6 = 0 then null else date '2026-01-01' + n % 4 end,
                case when n % 6 = 0 then null else timestamptz '2026-01-01 00:00:00.123456Z' + n % 4 * interval '1 hour' end,
                case when n % 6 = 0 then null else timestamp '2026-01-01 00:00:00.5' + n % 4 * interval '1 hour' end,
                case n % 4 when 0 then null when 1 then 'new' when 2 then 'used' else 'lost' end::phoenix.state, nullif(n % 5, 0)
            from generate_series(1, {Rows}) n;
            create index on phoenix.books (pieces, id);
            """);
        var columns = Columns.SelectMany((column, at) => new[]
        {
            ($"Phoenix:ReadModels:0:Filterable:{at}", column), ($"Phoenix:ReadModels:0:Sortable:{at}", column),
        });
        return new(await RunningGateway.StartAsync(kafka,
        [
            .. settings, .. columns, ("Phoenix:ConnectionString", database), ("Phoenix:Cluster:Discover", "false"),
            ("Phoenix:ReadModels:0:Name", "books"), ("Phoenix:ReadModels:0:Relation", "books"), ("Phoenix:ReadModels:0:Key", "id"),
        ]), database);
    }

    /// <summary>The keys of one page, and the cursor.</summary>
    public async Task<(List<int> Keys, string? Next)> PageAsync(string query)
    {
        var page = await OkAsync(query);
        return ([.. page.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetInt32())],
            page.GetProperty("next").GetString());
    }

    /// <summary>The keys of all pages.</summary>
    public async Task<List<int>> AllAsync(string query, Func<Task>? between = null)
    {
        var all = new List<int>();
        string? next = null;
        do
        {
            var (keys, cursor) = await PageAsync(next is null ? query : $"{query}&after={next}");
            all.AddRange(keys);
            next = cursor;
            if (between is not null) await between();
        }
        while (next is not null);
        return all;
    }

    /// <summary>The keys that SQL gives.</summary>
    public async Task<List<int>> SqlAsync(string rest)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        await using var command = source.CreateCommand($"select id from phoenix.books {rest}");
        await using var reader = await command.ExecuteReaderAsync();
        var keys = new List<int>();
        while (await reader.ReadAsync()) keys.Add(reader.GetInt32(0));
        return keys;
    }

    public async Task<JsonElement> OkAsync(string query)
    {
        var response = await Gateway.Http.GetAsync($"/v1/read-models/books?{query}");
        var json = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, $"{query}: {json}");
        return json;
    }

    /// <summary>What a refusal says, after checking that it is one and names the parameter.</summary>
    public async Task<string> RefusedAsync(string query, string parameter)
    {
        var response = await Gateway.Http.GetAsync($"/v1/read-models/books?{query}");
        var json = await response.JsonAsync();
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{query}: {response.StatusCode} {json}");
        Assert.Equal(("undecodable", parameter), (json.GetProperty("code").GetString(), json.GetProperty("parameter").GetString()));
        return json.GetProperty("detail").GetString()!;
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();
}
