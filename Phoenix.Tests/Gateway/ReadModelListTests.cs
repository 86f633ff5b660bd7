using System.Net;
using Phoenix.Tests.Infrastructure;
using Xunit;

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

    [Theory]
    [InlineData("id=eq:7", "id = 7")]
    [InlineData("title=eq:Title 3", "title = 'Title 3'")]
    [InlineData("title=prefix:Title", "title like 'Title%'")]
    [InlineData("title=prefix:%25", "false")]
    [InlineData("title=is:null", "title is null")]
    [InlineData("title=is:not-null", "title is not null")]
    [InlineData("title=ne:Title 3", "title <> 'Title 3'")]
    [InlineData("code=eq:c:1", "code = 'c:1'")]
    [InlineData("code=in:c:1,c:2", "code in ('c:1', 'c:2')")]
    [InlineData(@"code=in:c\,1,a\\b", "false")]
    [InlineData("fixed=eq:f1", "fixed = 'f1'")]
    [InlineData("fixed=prefix:f", "fixed is not null")]
    [InlineData("small=lt:3", "small < 3")]
    [InlineData("pieces=le:2", "pieces <= 2")]
    [InlineData("large=ge:5000000001", "large > 5000000000")]
    [InlineData("price=eq:0.10", "price = 0.1")]
    [InlineData("ratio=gt:0.30000000000000004", "ratio > 0.30000000000000004")]
    [InlineData("rough=eq:0.1", "rough = 0.1::float4")]
    [InlineData("ratio=lt:3e-1", "ratio < 0.3")]
    [InlineData("sold=eq:true", "sold")]
    [InlineData("sold=ne:true", "not sold")]
    [InlineData("tag=eq:00000000-0000-0000-0000-000000000002", "tag = '00000000-0000-0000-0000-000000000002'")]
    [InlineData("day=gt:2026-01-02", "day > '2026-01-02'")]
    [InlineData("moment=eq:2026-01-01T02:00:00.123456%2B01:00", "moment = '2026-01-01T01:00:00.123456Z'")]
    [InlineData("moment=gt:2026-01-01T01:00:00.123456Z", "moment > '2026-01-01T01:00:00.123456Z'")]
    [InlineData("local=le:2026-01-01T01:00:00.5", "local <= '2026-01-01T01:00:00.5'")]
    [InlineData("state=in:new,lost", "state in ('new', 'lost')")]
    [InlineData("state=gt:new", "state > 'new'")]
    [InlineData("size=in:1,2,3", "size <= 3")]
    [InlineData("price=gt:0.2&price=le:0.5&sold=eq:true&title=is:not-null", "price > 0.2 and price <= 0.5 and sold and title is not null")]
    public async Task a_filter_means_what_it_says_over_pages(string query, string where)
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        Assert.Equal(await shelf.SqlAsync($"where {where} order by id"), await shelf.AllAsync($"{query}&limit=4"));
        Assert.Equal(await shelf.SqlAsync($"where {where} order by price desc, id desc"), await shelf.AllAsync($"{query}&limit=4&sort=-price"));
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
}
