using System.Net;
using Xunit;
using Sql = Phoenix.Tests.Infrastructure.Sql;

namespace Phoenix.Tests.Gateway;

/// <summary>A read model that names the version of its projection is shown only when that version is whole (decision 0036).</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelVersionTests(SharedKafka kafka, SharedPostgres postgres)
{
    private static readonly string[] Paths = ["/v1/read-models/books?limit=1", "/v1/read-models/books/1"];

    [Fact]
    public async Task a_version_that_is_being_built_is_answered_by_503_and_its_gateway_is_not_ready()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres,
            ("Phoenix:ReadModels:0:Projection", "books"), ("Phoenix:ReadModels:0:Version", "2"));
        // No silo of its build has started yet.
        await ShownAsync(shelf, HttpStatusCode.ServiceUnavailable);
        await Sql.ExecuteAsync(shelf.Database, """
            create table phoenix.phoenix_projection_versions (shard text primary key, built_at timestamptz);
            insert into phoenix.phoenix_projection_versions values ('books:All', now()), ('books:V2:All', null);
            create table phoenix.mt_event_progression (name text primary key, last_seq_id bigint);
            insert into phoenix.mt_event_progression values ('books:All', 7), ('books:V2:All', 5), ('HighWaterMark', 7);
            """);
        await ShownAsync(shelf, HttpStatusCode.ServiceUnavailable);
        Assert.Contains("'books' is being built: books:V2:All has not come to the end",
            (await (await shelf.Gateway.Http.GetAsync(Paths[0])).JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("books:V2:All has not come to the end", await ReportAsync(shelf), StringComparison.Ordinal);

        await Sql.ExecuteAsync(shelf.Database, "update phoenix.phoenix_projection_versions set built_at = now()");
        await ShownAsync(shelf, HttpStatusCode.OK);
        Assert.Equal(5, (await shelf.OkAsync("limit=1")).GetProperty("position").GetInt64());
        Assert.DoesNotContain("has not come to the end", await ReportAsync(shelf), StringComparison.Ordinal);
    }

    [Fact]
    public async Task one_that_names_no_version_is_shown_while_it_is_built()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres, ("Phoenix:ReadModels:0:Projection", "books"));
        Assert.Equal(HttpStatusCode.OK, (await shelf.Gateway.Http.GetAsync(Paths[1])).StatusCode);
    }

    private static async Task ShownAsync(Shelf shelf, HttpStatusCode expected)
    {
        foreach (var path in Paths)
            Assert.Equal((path, expected), (path, (await shelf.Gateway.Http.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode));
    }

    private static async Task<string> ReportAsync(Shelf shelf) =>
        await (await shelf.Gateway.Http.GetAsync("/health")).Content.ReadAsStringAsync();
}
