using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Client.ReadModels;
using Phoenix.Messages;
using Phoenix.Tests.Gateway;
using Xunit;

namespace Phoenix.Tests.Client;

/// <summary>The typed client before a real gateway and a real database.</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelClientTests(ReadModelFilterTests.Fixture fixture) : IClassFixture<ReadModelFilterTests.Fixture>
{
    private Shelf Books => fixture.Shelf;

    [Fact]
    public async Task a_row_is_got_by_its_key_and_one_that_is_not_there_is_null()
    {
        await using var services = Services();
        var books = Model<Book>(services);
        var book = await books.GetAsync("7");
        Assert.Equal((7, "Title 0", 3, 0.7m), (book!.Number, book.Title, book.Pieces, book.Price));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 3, 0, 0, TimeSpan.Zero).AddTicks(1234560), book.Moment);
        Assert.Null(await books.GetAsync("999"));
        Assert.Null(await books.GetAsync("a/b?c=1#'\u00fc"));
        foreach (var key in (string[])["", ".", ".."]) await Assert.ThrowsAnyAsync<ArgumentException>(() => books.GetAsync(key));
    }

    [Fact]
    public async Task a_list_pages_by_itself_and_means_what_its_query_says()
    {
        await using var services = Services();
        var books = Model<Book>(services);
        var some = new ReadModelQuery<Book>
        {
            PageSize = 3,
        }.Where(book => book.Price, Comparison.AtLeast, 0.2m).WhereIn(book => book.Title, "Title 1", "Title 2", "a,b\\c")
            .WhereNotNull(book => book.Moment).OrderByDescending(book => book.Pieces).OrderBy(book => book.Title);
        Assert.Equal(
            await Books.SqlAsync("""
                where price >= 0.2 and title in ('Title 1', 'Title 2') and moment is not null order by pieces desc, title, id
                """),
            await KeysAsync(books, some));
        Assert.Equal(await Books.SqlAsync("order by id"), await KeysAsync(books, null));
        Assert.Equal(await Books.SqlAsync("where title is null order by id"),
            await KeysAsync(books, new ReadModelQuery<Book>().WhereNull(book => book.Title)));
        Assert.Equal(await Books.SqlAsync("where title like 'Title%' order by id"),
            await KeysAsync(books, new ReadModelQuery<Book>().WhereStartsWith(book => book.Title, "Title")));
    }

    [Fact]
    public async Task a_value_of_every_type_finds_the_row_that_it_came_from()
    {
        await using var services = Services();
        var books = Model<Book>(services);
        var book = (await books.GetAsync("43"))!;
        ReadModelQuery<Book> Only() => new ReadModelQuery<Book>().Where(row => row.Number, Comparison.Equal, book.Number);
        ReadModelQuery<Book>[] queries =
        [
            Only().Where(row => row.Title, Comparison.Equal, book.Title), Only().Where(row => row.Price, Comparison.Equal, book.Price),
            Only().Where(row => row.Ratio, Comparison.Equal, book.Ratio), Only().Where(row => row.Rough, Comparison.Equal, book.Rough),
            Only().Where(row => row.Sold, Comparison.Equal, book.Sold), Only().Where(row => row.Tag, Comparison.Equal, book.Tag),
            Only().Where(row => row.Day, Comparison.Equal, book.Day), Only().Where(row => row.Moment, Comparison.Equal, book.Moment),
            Only().Where(row => row.Local, Comparison.Equal, book.Local), Only().Where(row => row.Large, Comparison.Equal, book.Large),
        ];
        foreach (var query in queries) Assert.Equal([43], await KeysAsync(books, query));
    }

    [Fact]
    public async Task a_refusal_is_typed_and_says_what_is_allowed()
    {
        await using var services = Services();
        var refused = await Assert.ThrowsAsync<ReadModelException>(() => KeysAsync(Model<Book>(services),
            new ReadModelQuery<Book>().Where(book => book.Secret, Comparison.Equal, "hidden")));
        Assert.Equal(("undecodable", "secret"), (refused.Code, refused.Parameter));
        Assert.Contains("Allowed are", refused.Message, StringComparison.Ordinal);

        var absent = services.GetRequiredService<IReadModelClient>().Of<Book>("absent");
        Assert.Equal("unknown-name", (await Assert.ThrowsAsync<ReadModelException>(() => absent.GetAsync("1"))).Code);
        Assert.Equal("undecodable", (await Assert.ThrowsAsync<ReadModelException>(() => Model<Heavy>(services).GetAsync("1"))).Code);

        await using var stranger = Services(options => options.Token = "another-token-than-the-gateways");
        Assert.Equal("unauthorized", (await Assert.ThrowsAsync<ReadModelException>(() => Model<Book>(stranger).GetAsync("1"))).Code);
    }

    [Fact]
    public async Task the_token_may_be_in_a_file_that_changes()
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "token");
        await using var services = Services(options => (options.Token, options.TokenFile) = (null, file));
        var books = Model<Book>(services);
        await Assert.ThrowsAsync<UnavailableException>(() => books.GetAsync("7"));
        await File.WriteAllTextAsync(file, RunningGateway.Token + "\n");
        Assert.NotNull(await books.GetAsync("7"));
    }

    [Fact]
    public async Task a_gateway_that_is_away_or_silent_is_unavailable_and_a_caller_may_stop_waiting()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = new Uri($"http://{silent.LocalEndpoint}");
        var limit = TimeSpan.FromMilliseconds(200);
        await using (var services = Services(options => (options.Gateway, options.RequestTimeout) = (address, limit)))
        {
            var late = await Assert.ThrowsAsync<UnavailableException>(() => Model<Book>(services).GetAsync("7"));
            Assert.Contains("within 00:00:00.2", late.Message, StringComparison.Ordinal);
        }

        await using (var services = Services(options => options.Gateway = address))
        {
            using var caller = new CancellationTokenSource();
            var waiting = Model<Book>(services).ListAsync(cancellation: caller.Token).GetAsyncEnumerator().MoveNextAsync();
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask());
            silent.Stop();
            await Assert.ThrowsAsync<UnavailableException>(() => Model<Book>(services).GetAsync("7"));
        }
    }

    private ServiceProvider Services(Action<ReadModelClientOptions>? configure = null) =>
        new ServiceCollection().AddReadModelClient(options =>
        {
            (options.Gateway, options.Token) = (Books.Gateway.Http.BaseAddress, RunningGateway.Token);
            configure?.Invoke(options);
        }).BuildServiceProvider();

    private static IReadModel<TRow> Model<TRow>(ServiceProvider services) where TRow : class =>
        services.GetRequiredService<IReadModelClient>().Of<TRow>("books");

    private static async Task<List<int>> KeysAsync(IReadModel<Book> books, ReadModelQuery<Book>? query)
    {
        var keys = new List<int>();
        await foreach (var book in books.ListAsync(query)) keys.Add(book.Number);
        return keys;
    }

    private sealed record Book(
        [property: JsonPropertyName("id")] int Number, string? Title, int Pieces, long? Large, decimal? Price, double? Ratio, float? Rough,
        bool? Sold, Guid? Tag, DateOnly? Day, DateTimeOffset? Moment, DateTime? Local, string? State, string Secret);

    private sealed record Heavy(int Id, decimal Weight);
}
