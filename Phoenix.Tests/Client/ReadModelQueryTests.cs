using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phoenix.Client.ReadModels;
using Xunit;

namespace Phoenix.Tests.Client;

/// <summary>What a query becomes, and what is no query.</summary>
public sealed class ReadModelQueryTests
{
    private static ReadModelQuery<Row> All => new();

    [Fact]
    public void a_query_is_written_as_the_gateway_reads_it()
    {
        Assert.Equal("", All.ToUrl(null));
        Assert.Equal("last_change=ge%3A2026-01-01T00%3A00%3A00.5Z&other=in%3Aa%5C%2Cb%2C%5C%5C&sort=-last_change%2Cother&limit=9&after=x",
            (All with { PageSize = 9 })
                .Where(row => row.LastChange, Comparison.AtLeast, new(2026, 1, 1, 2, 0, 0, 500, TimeSpan.FromHours(2)))
                .WhereIn(row => row.Name, "a,b", "\\").OrderByDescending(row => row.LastChange).OrderBy(row => row.Name).ToUrl("x"));
        Assert.Equal("other=prefix%3Aa%26b&other=is%3Anull&other=is%3Anot-null",
            All.WhereStartsWith(row => row.Name, "a&b").WhereNull(row => row.Name).WhereNotNull(row => row.Name).ToUrl(null));
    }

    [Fact]
    public void a_query_does_not_change_when_another_is_made_of_it()
    {
        var before = All.OrderBy(row => row.Name);
        _ = before.OrderBy(row => row.LastChange).Where(row => row.Name, Comparison.Equal, "a");
        Assert.Equal("sort=other", before.ToUrl(null));
    }

    [Fact]
    public void what_is_no_filter_is_refused_before_anything_is_sent()
    {
        Assert.Contains("WhereNull", Assert.ThrowsAny<ArgumentException>(() => All.Where(row => row.Name, Comparison.Equal, null)).Message,
            StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => All.Where(row => row.Day, Comparison.Equal, DayOfWeek.Monday));
        Assert.ThrowsAny<ArgumentException>(() => All.WhereIn(row => row.Name));
        Assert.ThrowsAny<ArgumentException>(() => All.Where(row => row.Name!.Length, Comparison.Equal, 1));
        Assert.ThrowsAny<ArgumentException>(() => All.Where(row => row.Name, (Comparison)99, "a"));
        Assert.ThrowsAny<ArgumentException>(() => All.Where(row => row.Local, Comparison.Equal, DateTime.Now));
    }

    [Fact]
    public void options_that_cannot_work_are_refused_all_at_once()
    {
        using var services = new ServiceCollection().AddReadModelClient(options =>
            (options.Gateway, options.RequestTimeout) = (new("ftp://gateway"), TimeSpan.Zero)).BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IReadModelClient>());
        Assert.Equal(3, error.Failures.Count());
        Assert.Contains("Gateway is 'ftp://gateway/'. Set it to", error.Message, StringComparison.Ordinal);
        Assert.Contains("either Token or TokenFile", error.Message, StringComparison.Ordinal);
        Assert.Contains("RequestTimeout is 00:00:00", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../secrets")]
    [InlineData("A")]
    public void a_name_that_is_none_is_refused(string name)
    {
        using var services = new ServiceCollection().AddReadModelClient(options =>
            (options.Gateway, options.Token) = (new("http://gateway"), "token")).BuildServiceProvider();
        Assert.Throws<ArgumentException>(() => services.GetRequiredService<IReadModelClient>().Of<Row>(name));
    }

    private sealed record Row([property: JsonPropertyName("other")] string? Name, DateTimeOffset LastChange, DayOfWeek Day, DateTime Local);
}
