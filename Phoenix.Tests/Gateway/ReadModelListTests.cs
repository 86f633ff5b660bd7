using System.Net;
using Microsoft.Extensions.Options;
using Phoenix.Gateway.Hosting;
using Phoenix.Gateway.ReadModels;
using Xunit;
using Sql = Phoenix.Tests.Infrastructure.Sql;

namespace Phoenix.Tests.Gateway;

/// <summary>Lists of a read model: what comes, in which order, and that pages lose and repeat nothing.</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelListTests(SharedKafka kafka, SharedPostgres postgres)
{
    [Fact]
    public async Task every_order_comes_as_postgres_has_it_over_any_pages()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        Assert.Equal(await shelf.SqlAsync("order by id"), await shelf.AllAsync("limit=7"));
        foreach (var column in Shelf.Columns)
        {
            Assert.Equal(await shelf.SqlAsync($"order by {column}, id"), await shelf.AllAsync($"sort={column}&limit=7"));
            Assert.Equal(await shelf.SqlAsync($"order by {column} desc, id desc"), await shelf.AllAsync($"sort=-{column}&limit=7"));
        }

        Assert.Equal(await shelf.SqlAsync("order by title, price desc, id"), await shelf.AllAsync("sort=title,-price,id&limit=1"));
        Assert.Equal(await shelf.SqlAsync("order by sold desc, tag, id"), await shelf.AllAsync("sort=-sold,tag&limit=2"));
        Assert.Equal(await shelf.SqlAsync("order by pieces, id desc"), await shelf.AllAsync("sort=pieces,-id&limit=3"));
    }

    [Fact]
    public async Task pages_lose_and_repeat_nothing_while_rows_are_inserted_and_deleted()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        var (id, before) = (1000, await shelf.SqlAsync("order by title desc, id desc"));
        var found = await shelf.AllAsync("sort=-title&limit=5", () => Sql.ExecuteAsync(shelf.Database, $"""
            insert into phoenix.books (id, title, pieces) values ({id}, null, 1), ({id++ + 1000}, 'Title 0', 1), ({-id}, 'A', 1);
            delete from phoenix.books where id >= 1000 and id % 2 = 0;
            """));
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.Equal(before, found.Where(before.Contains));
    }

    [Fact]
    public async Task a_page_has_at_most_its_limit_and_the_last_one_has_no_cursor()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        var first = await shelf.PageAsync("");
        Assert.Equal(50, first.Keys.Count);
        var second = await shelf.PageAsync($"after={first.Next}");
        Assert.Equal((10, null), (second.Keys.Count, second.Next));
        Assert.Equal((60, null), await shelf.PageAsync("limit=60") is var whole ? (whole.Keys.Count, whole.Next) : default);
        Assert.Empty((await shelf.PageAsync("id=eq:999")).Keys);
    }

    [Fact]
    public async Task a_page_that_takes_too_long_is_given_up_by_postgres()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres,
            ("Phoenix:ReadModels:1:Name", "slow"), ("Phoenix:ReadModels:1:Relation", "slow"), ("Phoenix:ReadModels:1:Key", "id"),
            ("Phoenix:ReadModels:1:TimeLimit", "00:00:00.2"));
        await Sql.ExecuteAsync(shelf.Database, "create view phoenix.slow as select 1 as id from pg_sleep(60)");
        var response = await shelf.Gateway.Http.GetAsync("/v1/read-models/slow");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (response.StatusCode, await response.ProblemCodeAsync()));
        Assert.Contains("within 00:00:00.2", (await response.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(60, (await shelf.PageAsync("limit=100")).Keys.Count);
    }

    [Fact]
    public async Task a_column_that_is_not_there_is_told_and_the_others_can_be_used()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres,
            ("Phoenix:ReadModels:0:Filterable:99", "weight"), ("Phoenix:ReadModels:0:Sortable:99", "weight"));
        foreach (var query in (string[])["weight=gt:1", "sort=weight"])
        {
            var response = await shelf.Gateway.Http.GetAsync($"/v1/read-models/books?{query}");
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (response.StatusCode, await response.ProblemCodeAsync()));
        }

        Assert.Equal([7], (await shelf.PageAsync("id=eq:7")).Keys);
    }

    [Fact]
    public async Task a_relation_that_comes_or_changes_later_is_read_as_it_is()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres,
            ("Phoenix:ReadModels:1:Name", "late"), ("Phoenix:ReadModels:1:Relation", "late"), ("Phoenix:ReadModels:1:Key", "id"),
            ("Phoenix:ReadModels:1:Sortable:0", "price"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await shelf.Gateway.Http.GetAsync("/v1/read-models/late")).StatusCode);
        await Sql.ExecuteAsync(shelf.Database, "create table phoenix.late as select 1 as id, 2 as price");
        Assert.Equal(HttpStatusCode.OK, (await shelf.Gateway.Http.GetAsync("/v1/read-models/late?sort=price")).StatusCode);
        await Sql.ExecuteAsync(shelf.Database, "alter table phoenix.late rename price to cost");
        await shelf.Gateway.Http.GetAsync("/v1/read-models/late?sort=price");
        await Sql.ExecuteAsync(shelf.Database, "alter table phoenix.late rename cost to price");
        Assert.Equal(HttpStatusCode.OK, (await shelf.Gateway.Http.GetAsync("/v1/read-models/late?sort=-price")).StatusCode);
    }

    [Fact]
    public async Task the_catalog_tells_which_columns_have_an_index_and_a_page_begins_in_it()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        var model = ReadModel.Of(new ReadModelOptions
        {
            Name = "books", Relation = "books", Key = "id", Filterable = { "title", "absent" }, Sortable = { "pieces" },
        });
        await using var source = new ReadModelSource(Options.Create(new PhoenixGatewayOptions { ConnectionString = shelf.Database }));
        var shape = await source.ShapeAsync(model, TestContext.Current.CancellationToken);
        Assert.Contains("the column 'absent'", Assert.Single(shape.Problems()), StringComparison.Ordinal);
        Assert.Contains("the column 'title', and no index", Assert.Single(shape.Warnings()), StringComparison.Ordinal);

        var sort = new ListSort([new(shape.Find("pieces")!, IsDescending: true), new(shape.Find("id")!, IsDescending: true)]);
        var statement = new ListStatement(model, new([], sort, 5, ["2", "10"], ""));
        await Sql.ExecuteAsync(shelf.Database, """
            insert into phoenix.books (id, pieces) select n, n % 1000 from generate_series(1000, 30000) n;
            analyze phoenix.books;
            """);
        var plan = await Sql.ScalarAsync(shelf.Database, $"explain (format json) {statement.Text
            .Replace("$1", "'2'", StringComparison.Ordinal).Replace("$2", "'10'", StringComparison.Ordinal)}");
        Assert.Contains("\"Index Cond\": \"(ROW(pieces, id) < ROW(2, 10))\"", $"{plan}", StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", $"{plan}", StringComparison.Ordinal);

        await Sql.ExecuteAsync(shelf.Database,
            "create index on phoenix.books (title collate \"C\"); create index on phoenix.books (code collate \"und-x-icu\")");
        Assert.Contains("Index Cond", await PrefixPlanAsync(shelf, "title"), StringComparison.Ordinal);
        Assert.DoesNotContain("Index Cond", await PrefixPlanAsync(shelf, "code"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=x;Username=x")]
    [InlineData("Host=no-such-host.invalid;Database=x;Username=x")]
    public async Task a_gateway_whose_database_is_away_runs_and_says_so(string database)
    {
        await using var gateway = await RunningGateway.StartAsync(kafka,
            ("Phoenix:ConnectionString", database), ("Phoenix:Cluster:Discover", "false"),
            ("Phoenix:ReadModels:0:Name", "books"), ("Phoenix:ReadModels:0:Relation", "books"), ("Phoenix:ReadModels:0:Key", "id"));
        foreach (var path in (string[])["/v1/read-models/books", "/v1/read-models/books/1", "/v1/read-models/books?limit=1"])
        {
            var response = await gateway.Http.GetAsync(path);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (response.StatusCode, await response.ProblemCodeAsync()));
        }

        Assert.Equal(HttpStatusCode.OK, (await gateway.Http.GetAsync("/health/live")).StatusCode);
    }

    private static async Task<string> PrefixPlanAsync(Shelf shelf, string column) => $"{await Sql.ScalarAsync(
        shelf.Database, $"explain (format json) select * from phoenix.books where {column}::text ^@ 'Title 1'")}";
}
