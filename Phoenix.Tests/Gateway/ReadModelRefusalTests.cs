using System.Net;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Gateway;

/// <summary>Whatever a caller writes is a value or a refusal that names the parameter, and never SQL.</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelRefusalTests(SharedKafka kafka, SharedPostgres postgres)
{
    private static readonly string[] Attacks =
    [
        "' or '1'='1", "'; drop table phoenix.books; --", "\"; drop table phoenix.books; --", "1); delete from phoenix.books; --", "id desc; --",
        "(select secret from phoenix.books limit 1)", "$1", "$$x$$", "\\'", "%27%20or%201=1", "1 union select 1", "x\0y", "\u2019", "null",
        "phoenix_row.secret", "id\" desc, \"id", "-", "", ",", "\\",
    ];

    [Fact]
    public async Task an_attack_in_any_place_is_a_value_or_a_refusal()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        foreach (var attack in Attacks.Select(Uri.EscapeDataString))
        {
            string[] places =
            [
                $"title=eq:{attack}", $"title=prefix:{attack}", $"title=in:{attack}", $"title=in:a,{attack}", $"title=is:{attack}", $"title={attack}:a",
                $"title={attack}", $"id=eq:{attack}", $"price=gt:{attack}", $"moment=lt:{attack}", $"state=eq:{attack}", $"sort={attack}",
                $"sort=-{attack}", $"sort=title,{attack}", $"limit={attack}", $"after={attack}", $"{attack}=eq:1", $"{attack}",
            ];
            foreach (var place in places)
            {
                var response = await shelf.Gateway.Http.GetAsync($"/v1/read-models/books?{place}");
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{place}: {response.StatusCode}");
                if (response.StatusCode == HttpStatusCode.BadRequest) Assert.Equal("undecodable", await response.ProblemCodeAsync());
                else if (!place.EndsWith("title=prefix:", StringComparison.Ordinal) && place.Contains(':', StringComparison.Ordinal))
                    Assert.Equal(0, (await response.JsonAsync()).GetProperty("rows").GetArrayLength());
            }
        }

        Assert.Equal(Shelf.Rows, await Sql.CountAsync(shelf.Database, "phoenix.books"));
    }

    [Theory]
    [InlineData("secret=eq:hidden", "secret", "There is no parameter 'secret' here. Allowed are limit, sort, after, and filters by id, title,")]
    [InlineData("LIMIT=5", "LIMIT", "There is no parameter 'LIMIT'")]
    [InlineData("Title=eq:a", "Title", "There is no parameter 'Title'")]
    [InlineData("sort=secret", "sort", "is 'secret'. Expected is up to 4 of the columns id, title,")]
    [InlineData("sort=title,-title", "sort", "each once")]
    [InlineData("sort=title,code,small,large,price", "sort", "up to 4")]
    [InlineData("sort=title&sort=code", "sort", "one value")]
    [InlineData("limit=0", "limit", "is '0'. Expected is a whole number from 1 to 500")]
    [InlineData("limit=501", "limit", "1 to 500")]
    [InlineData("limit=5&limit=6", "limit", "one value")]
    [InlineData("price=5", "price", "Operators of this column are eq, ne, lt, le, gt, ge, in, is.")]
    [InlineData("price=prefix:5", "price", "an operator, a colon and a value")]
    [InlineData("price=like:5", "price", "an operator, a colon and a value")]
    [InlineData("title=EQ:5", "title", "eq, ne, lt, le, gt, ge, in, prefix, is.")]
    [InlineData("price=gt:1e5", "price", "is '1e5'. Expected is a decimal number such as 12.50.")]
    [InlineData("price=gt:NaN", "price", "a decimal number")]
    [InlineData("pieces=eq:2147483648", "pieces", "a whole number from -2147483648 to 2147483647")]
    [InlineData("pieces=in:1,x", "pieces", "is 'x'")]
    [InlineData("small=eq:40000", "small", "from -32768 to 32767")]
    [InlineData("ratio=eq:1e999", "ratio", "a number such as")]
    [InlineData("rough=eq:1e39", "rough", "a number such as")]
    [InlineData("sold=eq:yes", "sold", "true or false")]
    [InlineData("tag=eq:1", "tag", "a UUID")]
    [InlineData("day=eq:01.02.2026", "day", "a date such as 2026-01-31")]
    [InlineData("day=eq:2026-02-30", "day", "a date")]
    [InlineData("moment=gt:now", "moment", "an RFC 3339 time")]
    [InlineData("moment=gt:2026-01-01", "moment", "an RFC 3339 time")]
    [InlineData("local=gt:2026-01-01T00:00:00Z", "local", "a time without offset")]
    [InlineData("state=eq:old", "state", "one of new, used, lost")]
    [InlineData("title=eq:a%00b", "title", "a text without null characters")]
    [InlineData("title=is:empty", "title", "is:null or is:not-null")]
    [InlineData(@"title=in:a\b", "title", @"\, for a comma")]
    public async Task a_refusal_names_the_parameter_what_was_found_and_what_is_allowed(string query, string parameter, string says)
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        Assert.Contains(says, await shelf.RefusedAsync(query, parameter), StringComparison.Ordinal);
    }

    [Fact]
    public async Task too_many_conditions_and_values_are_refused()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres);
        Assert.Contains("at most 100 values", await shelf.RefusedAsync($"id=in:{string.Join(',', Enumerable.Range(0, 101))}", "id"),
            StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest,
            (await shelf.Gateway.Http.GetAsync($"/v1/read-models/books?{string.Join('&', Enumerable.Repeat("id=gt:1", 21))}")).StatusCode);
    }

    [Fact]
    public async Task a_cursor_of_another_list_or_a_forged_one_is_refused()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres,
            ("Phoenix:ReadModels:1:Name", "others"), ("Phoenix:ReadModels:1:Relation", "books"), ("Phoenix:ReadModels:1:Key", "id"));
        var next = (await shelf.PageAsync("sort=title&limit=5")).Next!;
        Assert.Contains("of the order 'title,id', and this list has '-title,-id'", await shelf.RefusedAsync($"sort=-title&after={next}", "after"),
            StringComparison.Ordinal);
        Assert.Contains("of the order", await shelf.RefusedAsync($"after={next}", "after"), StringComparison.Ordinal);
        Assert.Contains("of other filters", await shelf.RefusedAsync($"sort=title&sold=eq:true&after={next}", "after"), StringComparison.Ordinal);
        var plain = (await shelf.PageAsync("limit=5")).Next;
        var other = await (await shelf.Gateway.Http.GetAsync($"/v1/read-models/others?after={plain}")).JsonAsync();
        Assert.Contains("of the read model 'books'", other.GetProperty("detail").GetString(), StringComparison.Ordinal);

        for (var at = 0; at < next.Length; at += 7)
        {
            var forged = $"{next[..at]}{(next[at] == 'A' ? 'B' : 'A')}{next[(at + 1)..]}";
            Assert.Contains("as it was", await shelf.RefusedAsync($"sort=title&after={forged}", "after"), StringComparison.Ordinal);
        }

        foreach (var forged in (string[])["", "x", "AAAA", next[..^1], next + "A", next + "=", " " + next])
            await shelf.RefusedAsync($"sort=title&after={Uri.EscapeDataString(forged)}", "after");
    }
}
