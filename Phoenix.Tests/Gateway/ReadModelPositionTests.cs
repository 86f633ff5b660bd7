using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Client.ReadModels;
using Phoenix.Messages;
using Xunit;
using Sql = Phoenix.Tests.Infrastructure.Sql;

namespace Phoenix.Tests.Gateway;

/// <summary>A page is never older than the position that it tells (guarantee 11).</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelPositionTests(SharedKafka kafka, SharedPostgres postgres)
{
    private const int Positions = 30;

    [Fact]
    public async Task rows_are_at_least_as_new_as_the_position_while_a_projection_writes()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres, ("Phoenix:ReadModels:0:Projection", "books"));
        await Sql.ExecuteAsync(shelf.Database, """
            create table phoenix.mt_event_progression (name text primary key, last_seq_id bigint);
            insert into phoenix.mt_event_progression values ('books:All', 0), ('HighWaterMark', 1000000);
            create table enough();
            create procedure phoenix.project() language plpgsql as $$ begin
                for n in 1..1000000 loop
                    update phoenix.books set pieces = n where id = 1;
                    update phoenix.mt_event_progression set last_seq_id = n where name = 'books:All';
                    commit;
                    perform pg_sleep(0.002);
                    exit when to_regclass('enough') is null;
                end loop;
            end $$;
            """);
        var projecting = Sql.ExecuteAsync(shelf.Database, "call phoenix.project()");
        var seen = new HashSet<long>();
        while (seen.Count < Positions && !projecting.IsCompleted)
        {
            var page = await shelf.OkAsync("limit=1");
            var position = page.GetProperty("position").GetInt64();
            seen.Add(position);
            if (position > 0) Assert.InRange(page.GetProperty("rows")[0].GetProperty("pieces").GetInt64(), position, long.MaxValue);
            Assert.Equal(1_000_000 - position, page.GetProperty("behind").GetInt64());
        }
        await Sql.ExecuteAsync(shelf.Database, "drop table enough");
        await projecting;
        Assert.Equal(Positions, seen.Count);
    }

    [Fact]
    public async Task who_waits_is_told_whether_all_that_was_committed_before_is_there()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres, ("Phoenix:ReadModels:0:Projection", "books"));
        await Sql.ExecuteAsync(shelf.Database, """
            create table phoenix.mt_event_progression (name text primary key, last_seq_id bigint);
            insert into phoenix.mt_event_progression values ('books:All', 7), ('HighWaterMark', 7);
            create table phoenix.mt_events (seq_id bigint primary key);
            insert into phoenix.mt_events values (6), (7);
            """);
        Assert.True((await shelf.OkAsync("limit=1&wait=1")).GetProperty("reached").GetBoolean());
        Assert.False((await shelf.OkAsync("limit=1")).TryGetProperty("reached", out _));

        await Sql.ExecuteAsync(shelf.Database, "insert into phoenix.mt_events values (8)");
        Assert.False((await shelf.OkAsync("limit=1&wait=1")).GetProperty("reached").GetBoolean());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await OneAsync(shelf, "?wait=1"));
        Assert.Equal(HttpStatusCode.OK, await OneAsync(shelf, ""));

        var waiting = OneAsync(shelf, "?wait=25");
        Assert.False(waiting.IsCompleted);
        await Sql.ExecuteAsync(shelf.Database, "update phoenix.mt_event_progression set last_seq_id = 8 where name = 'books:All'");
        Assert.Equal(HttpStatusCode.OK, await waiting);
        foreach (var bad in (string[])["?wait=0", "?wait=26", "?wait=x"]) Assert.Equal(HttpStatusCode.BadRequest, await OneAsync(shelf, bad));
    }

    /// <summary>A list that is not whole must not look as if it were.</summary>
    [Fact]
    public async Task a_typed_list_that_has_not_caught_up_fails_and_a_page_says_so()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres, ("Phoenix:ReadModels:0:Projection", "books"));
        await Sql.ExecuteAsync(shelf.Database, """
            create table phoenix.mt_event_progression (name text primary key, last_seq_id bigint);
            insert into phoenix.mt_event_progression values ('books:All', 7), ('HighWaterMark', 8);
            create table phoenix.mt_events (seq_id bigint primary key);
            insert into phoenix.mt_events values (7), (8);
            """);
        await using var services = new ServiceCollection().AddReadModelClient(options =>
            (options.Gateway, options.Token) = (shelf.Gateway.Http.BaseAddress, RunningGateway.Token)).BuildServiceProvider();
        var books = services.GetRequiredService<IReadModelClient>().Of<Book>("books");
        var query = new ReadModelQuery<Book> { PageSize = 10, CaughtUpWithin = TimeSpan.FromSeconds(1) };

        Assert.False((await books.PageAsync(query)).Reached);
        var behind = await Assert.ThrowsAsync<UnavailableException>(() => books.ListAsync(query).ToListAsync().AsTask());
        Assert.Contains("'books' has not caught up within 00:00:01", behind.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnavailableException>(() => books.GetCaughtUpAsync("1", TimeSpan.FromSeconds(1)));

        await Sql.ExecuteAsync(shelf.Database, "update phoenix.mt_event_progression set last_seq_id = 8 where name = 'books:All'");
        Assert.True((await books.PageAsync(query)).Reached);
        Assert.NotEmpty(await books.ListAsync(query).ToListAsync());
        Assert.NotNull(await books.GetCaughtUpAsync("1", TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task nobody_waits_for_a_read_model_whose_projection_is_not_known()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        Assert.Equal(HttpStatusCode.BadRequest, await OneAsync(shelf, "?wait=1"));
    }

    private static async Task<HttpStatusCode> OneAsync(Shelf shelf, string query) =>
        (await shelf.Gateway.Http.GetAsync($"/v1/read-models/books/1{query}", TestContext.Current.CancellationToken)).StatusCode;

    [Fact]
    public async Task a_projection_that_has_not_begun_has_no_position()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres, ("Phoenix:ReadModels:0:Projection", "books"));
        await Sql.ExecuteAsync(shelf.Database, "create table phoenix.mt_event_progression (name text primary key, last_seq_id bigint)");
        Assert.False((await shelf.OkAsync("limit=1")).TryGetProperty("position", out _));
    }

    private sealed record Book(int Id);
}
