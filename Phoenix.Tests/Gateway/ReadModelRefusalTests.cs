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
        "' or '1'='1", "'; drop table phoenix.books; --", "\"; drop table phoenix.books; --", "1); delete from phoenix.books; --",
        "id desc; --",
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
                $"title=eq:{attack}", $"title=prefix:{attack}", $"title=in:{attack}", $"title=in:a,{attack}", $"title=is:{attack}",
                $"title={attack}:a",
                $"title={attack}", $"id=eq:{attack}", $"price=gt:{attack}", $"moment=lt:{attack}", $"state=eq:{attack}", $"sort={attack}",
                $"sort=-{attack}", $"sort=title,{attack}", $"limit={attack}", $"after={attack}", $"{attack}=eq:1", $"{attack}",
            ];
            foreach (var place in places)
            {
                var response = await shelf.Gateway.Http.GetAsync($"/v1/read-models/books?{place}");
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{place}: {response.StatusCode}");
                if (response.StatusCode == HttpStatusCode.BadRequest) Assert.Equal("undecodable", await response.ProblemCodeAsync());
                else if (place is not ("title=prefix:" or "title=is:null") && place.Contains(':', StringComparison.Ordinal))
                    Assert.Equal(0, (await response.JsonAsync()).GetProperty("rows").GetArrayLength());
            }
        }

        Assert.Equal(Shelf.Rows, await Sql.CountAsync(shelf.Database, "phoenix.books"));
    }

    [Fact]
    public async Task a_cursor_of_another_list_or_a_forged_one_is_refused()
    {
        await using var shelf = await Shelf.StartAsync(kafka, postgres,
            ("Phoenix:ReadModels:1:Name", "others"), ("Phoenix:ReadModels:1:Relation", "books"), ("Phoenix:ReadModels:1:Key", "id"));
        var next = (await shelf.PageAsync("sort=title&limit=5")).Next!;
        Assert.Contains("of the order 'title,id', and this list has '-title,-id'",
            await shelf.RefusedAsync($"sort=-title&after={next}", "after"), StringComparison.Ordinal);
        Assert.Contains("of the order", await shelf.RefusedAsync($"after={next}", "after"), StringComparison.Ordinal);
        Assert.Contains("of other filters", await shelf.RefusedAsync($"sort=title&sold=eq:true&after={next}", "after"),
            StringComparison.Ordinal);
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
