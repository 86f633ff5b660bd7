using Xunit;

namespace Phoenix.Tests.Gateway;

/// <summary>Filters by columns of every type give what SQL gives.</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelFilterTests(ReadModelFilterTests.Fixture fixture) : IClassFixture<ReadModelFilterTests.Fixture>
{
    private Shelf Books => fixture.Shelf;

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
        Assert.Equal(await Books.SqlAsync($"where {where} order by id"), await Books.AllAsync($"{query}&limit=4"));
        Assert.Equal(await Books.SqlAsync($"where {where} order by price desc, id desc"),
            await Books.AllAsync($"{query}&limit=4&sort=-price"));
    }

    [Fact]
    public async Task any_order_of_any_columns_comes_as_postgres_has_it()
    {
        var random = new Random(20261128);
        for (var round = 0; round < 60; round++)
        {
            var columns = random.GetItems(Shelf.Columns, random.Next(1, 5)).Distinct()
                .Select(column => (Name: column, IsDown: random.Next(2) == 0)).ToList();
            var direction = columns[^1].IsDown ? "desc" : "";
            var sql = string.Join(", ", columns.Select(column => $"{column.Name} {(column.IsDown ? "desc" : "")}"));
            var url = string.Join(',', columns.Select(column => $"{(column.IsDown ? "-" : "")}{column.Name}"));
            Assert.Equal(await Books.SqlAsync($"order by {sql}, id {direction}"), await Books.AllAsync($"sort={url}&limit={random.Next(1, 30)}"));
        }
    }

    /// <summary>One gateway for all: nothing is written.</summary>
    public sealed class Fixture(SharedKafka kafka, SharedPostgres postgres) : IAsyncLifetime
    {
        internal Shelf Shelf { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Shelf = await Shelf.StartAsync(kafka, postgres);

        public ValueTask DisposeAsync() => Shelf.DisposeAsync();
    }
}
