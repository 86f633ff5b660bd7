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
    public async Task a_projection_that_has_not_begun_has_no_position()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres, ("Phoenix:ReadModels:0:Projection", "books"));
        await Sql.ExecuteAsync(shelf.Database, "create table phoenix.mt_event_progression (name text primary key, last_seq_id bigint)");
        Assert.False((await shelf.OkAsync("limit=1")).TryGetProperty("position", out _));
    }
}
