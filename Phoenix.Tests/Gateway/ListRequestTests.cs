using Microsoft.AspNetCore.WebUtilities;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Hosting;
using Phoenix.Gateway.ReadModels;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Gateway;

/// <summary>What a list may be asked for, and what its statement is, without a database.</summary>
public sealed class ListRequestTests
{
    private static readonly ReadModel Books = ReadModel.Of(new ReadModelOptions
    {
        Name = "books", Relation = "books", Key = "id",
        Filterable =
        {
            "title", "small", "pieces", "price", "ratio", "rough", "sold", "tag", "day", "moment", "local", "state", "weight", "blob",
        },
        Sortable = { "title", "small", "pieces", "price", "code", "large", "weight" },
    });

    private static readonly ModelShape Shape = new(Books,
    [
        Column("id", "int4", isNotNull: true), Column("title", "text"), Column("small", "int2"),
        Column("pieces", "int4", isNotNull: true), Column("large", "int8"), Column("price", "numeric"), Column("ratio", "float8"),
        Column("rough", "float4"), Column("sold", "bool"), Column("tag", "uuid"), Column("day", "date"), Column("moment", "timestamptz"),
        Column("local", "timestamp"), Column("state", "state", "new", "used", "lost"), Column("code", "varchar"), Column("secret", "text"),
        Column("blob", "bytea"),
    ]);

    private static readonly CursorSeal Seal =
        new(Options.Create(new PhoenixGatewayOptions { Gateway = { Token = RunningGateway.Token } }));

    [Theory]
    [InlineData("secret=eq:hidden", "secret", "There is no parameter 'secret' here. Allowed are limit, sort, after, wait, and filters by id, ti")]
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
    [InlineData("title=eq:a\0b", "title", "a text without null characters")]
    [InlineData("title=is:empty", "title", "is:null or is:not-null")]
    [InlineData(@"title=in:a\b", "title", @"\, for a comma")]
    public void a_refusal_names_the_parameter_what_was_found_and_what_is_allowed(string query, string parameter, string says)
    {
        var refused = Assert.Throws<BadRequestException>(() => Read(query));
        Assert.Equal(parameter, refused.Parameter);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "order by phoenix_row.\"id\" limit 51")]
    [InlineData("limit=500&sort=-price", "order by phoenix_row.\"price\" desc, phoenix_row.\"id\" desc limit 501")]
    [InlineData("title=eq:a:b", "where phoenix_row.\"title\" = $1 order", "a:b")]
    [InlineData("title=eq:", "where phoenix_row.\"title\" = $1 order", "")]
    [InlineData(@"title=in:a,b\,c,\\", "where phoenix_row.\"title\" in ($1, $2, $3) order", "a", "b,c", @"\")]
    [InlineData("title=prefix:%25", "where phoenix_row.\"title\"::text ^@ $1 order", "%")]
    [InlineData("title=is:null&price=ge:-0.5", "where phoenix_row.\"title\" is null and phoenix_row.\"price\" >= $1 order", "-0.5")]
    [InlineData("moment=lt:2026-01-01T02:00:00%2B02:00", "where phoenix_row.\"moment\" < $1 order", "2026-01-01T00:00:00.000000Z")]
    public void a_request_becomes_a_statement_whose_values_are_parameters(string query, string sql, params string[] values)
    {
        var statement = new ListStatement(Books, Read(query));
        Assert.Contains(sql, statement.Text, StringComparison.Ordinal);
        Assert.Equal(values, statement.Values);
    }

    [Theory]
    [InlineData("sort=pieces", "(phoenix_row.\"pieces\", phoenix_row.\"id\") > ($1, $2)", "4", "7")]
    [InlineData("sort=-pieces", "(phoenix_row.\"pieces\", phoenix_row.\"id\") < ($1, $2)", "4", "7")]
    [InlineData("sort=pieces,-id",
        "phoenix_row.\"pieces\" >= $1 and ((phoenix_row.\"pieces\" > $1) or (phoenix_row.\"pieces\" = $1 and phoenix_row.\"id\" < $2))", "4", "7")]
    [InlineData("sort=price",
        "(((phoenix_row.\"price\" > $1 or phoenix_row.\"price\" is null)) or (phoenix_row.\"price\" = $1 and phoenix_row.\"id\" > $2))", "4", "7")]
    [InlineData("sort=price", "((phoenix_row.\"price\" is null and phoenix_row.\"id\" > $1))", null, "7")]
    [InlineData("sort=-price",
        "((phoenix_row.\"price\" is not null) or (phoenix_row.\"price\" is null and phoenix_row.\"id\" < $1))", null, "7")]
    [InlineData("sort=-price",
        "phoenix_row.\"price\" <= $1 and ((phoenix_row.\"price\" < $1) or (phoenix_row.\"price\" = $1 and phoenix_row.\"id\" < $2))", "4", "7")]
    public void a_page_goes_on_behind_its_place_and_null_is_the_greatest(string query, string condition, string? first, string key)
    {
        var before = Read(query);
        var cursor = new ListCursor(Books.Name, $"{before.Sort}", before.FilterText, [first, key]).ToText(Seal);
        var statement = new ListStatement(Books, Read($"{query}&after={cursor}"));
        Assert.Contains($"where {condition} order by", statement.Text, StringComparison.Ordinal);
        Assert.Equal(first is null ? [key] : [first, key], statement.Values);
    }

    [Fact]
    public void too_much_at_once_is_refused()
    {
        Assert.Contains("at most 100 values", Assert.Throws<BadRequestException>(() =>
            Read($"id=in:{string.Join(',', Enumerable.Range(0, 101))}")).Message, StringComparison.Ordinal);
        Assert.Contains("At most 20", Assert.Throws<BadRequestException>(() =>
            Read(string.Join('&', Enumerable.Repeat("id=gt:1", 21)))).Message, StringComparison.Ordinal);
        Assert.Contains("too long for a cursor", Assert.Throws<BadRequestException>(() =>
            new ListCursor("books", "title,id", "", [new string('x', 5000), "1"]).ToText(Seal)).Message, StringComparison.Ordinal);
        Assert.InRange(Assert.Throws<BadRequestException>(() => Read($"price=eq:{new string('x', 5000)}")).Message.Length, 100, 300);
    }

    [Fact]
    public void a_cursor_of_a_gateway_with_another_token_is_refused()
    {
        var other = new CursorSeal(Options.Create(new PhoenixGatewayOptions { Gateway = { Token = "another-token-than-ours" } }));
        var before = Read("");
        var foreign = new ListCursor(Books.Name, $"{before.Sort}", before.FilterText, ["7"]).ToText(other);
        Assert.Contains("After a change of the gateway's token",
            Assert.Throws<BadRequestException>(() => Read($"after={foreign}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void what_is_declared_and_is_not_there_is_named()
    {
        Assert.Equal(
        [
            "The read model 'books' declares the column 'weight', which the relation 'books' does not have.",
            "The read model 'books' declares the column 'blob' as Filterable; there are no filters for its type 'bytea'.",
        ], Shape.Problems());
        Assert.Throws<UnavailableException>(() => Read("weight=eq:1"));
        Assert.Throws<UnavailableException>(() => Read("sort=weight"));
        Assert.Throws<UnavailableException>(() => Read("blob=eq:1"));
        Assert.Contains("'books' of the read model 'books' is not there", Assert.Single(new ModelShape(Books, []).Problems()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void a_column_without_an_index_and_a_key_that_is_not_unique_are_warned_of()
    {
        var model = ReadModel.Of(new() { Name = "books", Relation = "books", Key = "id", Filterable = { "title" } });
        var shape = new ModelShape(model,
        [
            new("id", "int4", true, IsIndexed: true, IsUnique: false, []), new("title", "text", false, IsIndexed: false, IsUnique: false, []),
        ]);
        Assert.Empty(shape.Problems());
        Assert.Collection(shape.Warnings(),
            warning => Assert.Contains("The key 'id' of the read model 'books' is not unique", warning, StringComparison.Ordinal),
            warning => Assert.Contains("the column 'title', and no index of 'books' begins with it", warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Filterable", "Price", "")]
    [InlineData("Filterable", "limit", "")]
    [InlineData("Sortable", "price desc", "")]
    [InlineData("TimeLimit", "00:00:00", "00:00:00")]
    public void what_cannot_be_declared_is_refused_at_start(string member, string found, string time)
    {
        var options = new ReadModelOptions { Name = "books", Relation = "books", Key = "id" };
        if (member == "Filterable") options.Filterable.Add(found);
        if (member == "Sortable") options.Sortable.Add(found);
        if (time.Length > 0) options.TimeLimit = TimeSpan.Zero;
        Assert.Contains($"whose {member} is '{found}'", Assert.Single(ReadModelCatalog.Problems([options])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("books", 0, "Version", "0")]
    [InlineData("", 2, "Projection", "")]
    [InlineData("books:V2:All", 2, "Projection", "books:V2:All")]
    public void a_version_is_one_of_a_projection_that_is_named(string projection, int version, string member, string found)
    {
        var options = new ReadModelOptions { Name = "books", Relation = "books", Key = "id", Projection = projection, Version = version };
        Assert.Contains($"whose {member} is '{found}'", Assert.Single(ReadModelCatalog.Problems([options])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "books:All")]
    [InlineData(1, "books:All")]
    [InlineData(2, "books:V2:All")]
    public void progress_is_that_of_the_version(int? version, string progress) =>
        Assert.Equal(progress, ReadModel.Of(new() { Name = "books", Relation = "books", Key = "id", Projection = "books", Version = version }).Progress);

    private static ListRequest Read(string query) =>
        ListRequest.Read(new QueryCollection(QueryHelpers.ParseQuery(query)), Books, Shape, Seal);

    private static ModelColumn Column(string name, string type, params string[] labels) => Column(name, type, false, labels);

    private static ModelColumn Column(string name, string type, bool isNotNull, params string[] labels) =>
        new(name, type, isNotNull, IsIndexed: true, IsUnique: name == "id", labels);
}
