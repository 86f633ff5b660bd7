using System.Net;
using Xunit;
using Sql = Phoenix.Tests.Infrastructure.Sql;

namespace Phoenix.Tests.Gateway;

/// <summary>A page is never older than the position that it tells (guarantee 11).</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelPositionTests(SharedKafka kafka, SharedPostgres postgres)
{
    private const int Last = 300;

    [Fact]
    public async Task rows_are_at_least_as_new_as_the_position_while_a_projection_writes()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres, ("Phoenix:ReadModels:0:Projection", "books"));
        await Sql.ExecuteAsync(shelf.Database, """
            create table phoenix.mt_event_progression (name text primary key, last_seq_id bigint);
            insert into phoenix.mt_event_progression values ('books:All', 0), ('HighWaterMark', 1000);
            create procedure phoenix.project(last int) language plpgsql as $$ begin
                for n in 1..last loop
                    update phoenix.books set pieces = n where id = 1;
                    update phoenix.mt_event_progression set last_seq_id = n where name = 'books:All';
                    commit;
                    perform pg_sleep(0.002);
                end loop;
            end $$;
            """);
        var projecting = Sql.ExecuteAsync(shelf.Database, $"call phoenix.project({Last})");
        var seen = new HashSet<long>();
        long position;
        do
        {
            var page = await shelf.OkAsync("limit=1");
            position = page.GetProperty("position").GetInt64();
            seen.Add(position);
            if (position > 0) Assert.InRange(page.GetProperty("rows")[0].GetProperty("pieces").GetInt64(), position, Last);
            Assert.Equal(1000 - position, page.GetProperty("behind").GetInt64());
        }
        while (position < Last);
        await projecting;
        Assert.True(seen.Count > 3, $"Only {seen.Count} positions were seen.");
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
}
