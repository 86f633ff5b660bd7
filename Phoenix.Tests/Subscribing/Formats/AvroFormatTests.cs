using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using Avro;
using Microsoft.Extensions.Options;
using Phoenix.SchemaRegistry;
using Phoenix.Subscribing;
using Xunit;

namespace Phoenix.Tests.Subscribing.Formats;

/// <summary>Avro becomes JSON, bad bytes are unusable, and a registry that is away is waited for.</summary>
public sealed class AvroFormatTests : IAsyncLifetime
{
    private const string Payment = """{"type":"record","name":"Payment","fields":[{"name":"account","type":"string"}]}""";

    private SchemaServer _server = null!;
    private WriterSchemas _schemas = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await SchemaServer.StartAsync();
        _schemas = Schemas(new() { Url = _server.Url });
    }

    public async ValueTask DisposeAsync()
    {
        _schemas.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task a_record_is_an_object_and_its_schema_is_asked_for_once()
    {
        _server.Add(7, Payment);
        for (var time = 0; time < 3; time++)
            Assert.Equal("""{"account":"ann"}""", await ReadAsync(AvroValue.Of(7, Payment, AvroValue.Record(Payment, ("account", "ann")))));
        Assert.Equal(1, _server.Asked);
    }

    public static TheoryData<string, object?, string> Values => new()
    {
        { "\"null\"", null, "null" },
        { "\"boolean\"", true, "true" },
        { "\"int\"", -5, "-5" },
        { "\"long\"", long.MaxValue, "9223372036854775807" },
        { "\"double\"", 0.1, "0.1" },
        { "\"string\"", "\"\u00e9\n", "\"\\u0022\\u00E9\\n\"" },
        { "\"bytes\"", new byte[] { 1, 255 }, "\"Af8=\"" },
        { "[\"null\",\"string\"]", null, "null" },
        { "[\"null\",\"string\"]", "x", "\"x\"" },
        { """{"type":"array","items":["null","int"]}""", new object?[] { 1, null }, "[1,null]" },
        { """["null",{"type":"map","values":"long"}]""", new Dictionary<string, object> { ["a"] = 1L }, """{"a":1}""" },
                { """{"type":"int","logicalType":"date"}""", new DateTime(2026, 11, 28, 0, 0, 0, DateTimeKind.Utc), "\"2026-11-28\"" },
        { """["null",{"type":"int","logicalType":"date"}]""", new DateTime(2026, 11, 28, 0, 0, 0, DateTimeKind.Utc), "\"2026-11-28\"" },
        { """{"type":"long","logicalType":"timestamp-millis"}""", new DateTime(2026, 11, 28, 12, 30, 0, 250, DateTimeKind.Utc), "\"2026-11-28T12:30:00.25Z\"" },
        { """{"type":"int","logicalType":"time-millis"}""", new TimeSpan(0, 12, 30, 0, 250), "\"12:30:00.25\"" },
        { """{"type":"string","logicalType":"uuid"}""", new Guid("00000000-0000-84b5-889d-ad60e3747ae0"), "\"00000000-0000-84b5-889d-ad60e3747ae0\"" },
    };

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public async Task each_kind_of_value_is_said_in_json(string schema, object? value, string json)
    {
        _server.Add(1, schema);
        Assert.Equal(json, await ReadAsync(AvroValue.Of(1, schema, value)));
    }

    [Theory]
    [InlineData("123456789012345678901234567890", 2, "1234567890123456789012345678.90")]
    [InlineData("-5", 4, "-0.0005")]
    [InlineData("0", 0, "0")]
    [InlineData("-12", 0, "-12")]
    public async Task decimals_keep_all_their_digits(string unscaled, int scale, string json)
    {
        var schema = $$"""{"type":"bytes","logicalType":"decimal","precision":30,"scale":{{scale}}}""";
        _server.Add(1, schema);
        var number = new AvroDecimal(BigInteger.Parse(unscaled, CultureInfo.InvariantCulture), scale);
        Assert.Equal(json, await ReadAsync(AvroValue.Of(1, schema, number)));
    }

    [Fact]
    public async Task enums_and_fixed_are_their_names_and_bytes()
    {
        const string Schema = """
            {"type":"record","name":"Both","fields":[
                {"name":"kind","type":{"type":"enum","name":"Kind","symbols":["in","out"]}},
                {"name":"hash","type":{"type":"fixed","name":"Hash","size":2}}]}
            """;
        var fields = ((RecordSchema)Avro.Schema.Parse(Schema)).Fields;
        _server.Add(1, Schema);
        Assert.Equal("""{"kind":"out","hash":"Af8="}""", await ReadAsync(AvroValue.Of(1, Schema, AvroValue.Record(Schema,
            ("kind", new Avro.Generic.GenericEnum((EnumSchema)fields[0].Schema, "out")),
            ("hash", new Avro.Generic.GenericFixed((FixedSchema)fields[1].Schema, [1, 255]))))));
    }

    [Fact]
    public async Task a_schema_may_refer_to_others()
    {
        _server.Add("money", """{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"amount","type":"int"}]}""");
        const string Whole = """
            {"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"money","type":{"type":"record","name":"Money","fields":[{"name":"amount","type":"int"}]}}]}
            """;
        _server.Add(2, """{"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"money","type":"shop.Money"}]}""",
            references: new { name = "shop.Money", subject = "money", version = 1 });
        const string Money = """{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"amount","type":"int"}]}""";
        Assert.Equal("""{"money":{"amount":5}}""", await ReadAsync(AvroValue.Of(
            2, Whole, AvroValue.Record(Whole, ("money", AvroValue.Record(Money, ("amount", 5)))))));
    }

    [Fact]
    public async Task two_schemas_may_refer_to_a_third()
    {
        const string Money = """{"type":"record","name":"Money","fields":[{"name":"amount","type":"int"}]}""";
        var money = new { name = "Money", subject = "money", version = 1 };
        _server.Add("money", Money);
        _server.Add("price", """{"type":"record","name":"Price","fields":[{"name":"money","type":"Money"}]}""", money);
        _server.Add(2, """{"type":"record","name":"Paid","fields":[{"name":"money","type":"Money"},{"name":"price","type":["null","Price"]}]}""",
            references: [money, new { name = "Price", subject = "price", version = 1 }]);
        // An int of 5, and the first branch.
        Assert.Equal("""{"money":{"amount":5},"price":null}""", await ReadAsync([0, 0, 0, 0, 2, 10, 0]));
    }

    [Fact]
    public async Task what_is_no_such_avro_is_unusable_and_says_so()
    {
        _server.Add(7, Payment);
        _server.Add(8, "{", "AVRO");
        _server.Add(9, "syntax = \"proto3\";", "PROTOBUF");
        await UnusableAsync("expected a zero byte", []);
        await UnusableAsync("expected a zero byte", [0, 0, 0, 0]);
        await UnusableAsync("expected a zero byte", Encoding.UTF8.GetBytes("""{"account":"ann"}"""));
        await UnusableAsync("has no schema 99", [0, 0, 0, 0, 99, 2, 65]);
        await UnusableAsync("schema 8 in the registry, or one that it refers to, cannot be read", [0, 0, 0, 0, 8, 2, 65]);
        await UnusableAsync("schema 9 in the registry is not Avro", [0, 0, 0, 0, 9, 2, 65]);
        await UnusableAsync("not written with the schema 7", [0, 0, 0, 0, 7]);
        await UnusableAsync("not written with the schema 7", [0, 0, 0, 0, 7, 20, 65]);
        await UnusableAsync("not written with the schema 7", [0, 0, 0, 0, 7, 1]);
        await UnusableAsync("1 byte(s) more", [0, 0, 0, 0, 7, 2, 65, 0]);
        _server.Add(10, "\"double\"");
        await UnusableAsync("NaN", AvroValue.Of(10, "\"double\"", double.NaN));
    }

    [Fact]
    public async Task a_registry_that_is_away_or_refuses_is_waited_for()
    {
        _server.Add(7, Payment);
        var value = AvroValue.Of(7, Payment, AvroValue.Record(Payment, ("account", "ann")));
        foreach (var status in (HttpStatusCode[])[HttpStatusCode.InternalServerError, HttpStatusCode.ServiceUnavailable, HttpStatusCode.Forbidden,
            // Of a proxy, or of an address that is no registry's.
            HttpStatusCode.NotFound])
        {
            _server.Refusal = status;
            await Assert.ThrowsAsync<FormatUnavailableException>(() => ReadAsync(value));
        }

        _server.Refusal = null;
        Assert.Equal("""{"account":"ann"}""", await ReadAsync(value));
        using var nobody = Schemas(new() { Url = "http://127.0.0.1:1" });
        await Assert.ThrowsAsync<FormatUnavailableException>(() => ReadAsync(value, nobody));
    }

    [Fact]
    public async Task whoever_must_say_who_he_is_has_the_password_in_a_file()
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "password");
        await File.WriteAllTextAsync(file, "se:cret\n", TestContext.Current.CancellationToken);
        (_server.User, var value) = ("phoenix:se:cret", AvroValue.Of(7, Payment, AvroValue.Record(Payment, ("account", "ann"))));
        _server.Add(7, Payment);
        var refused = await Assert.ThrowsAsync<FormatUnavailableException>(() => ReadAsync(value));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        using var known = Schemas(new() { Url = _server.Url, UserName = "phoenix", PasswordFile = file });
        File.Move(file, file + ".away");
        await Assert.ThrowsAsync<FormatUnavailableException>(() => ReadAsync(value, known));
        File.Move(file + ".away", file);
        Assert.Equal("""{"account":"ann"}""", await ReadAsync(value, known));
    }

    [Theory]
    [InlineData("registry:8081", null, null, 10, "begins with http")]
    [InlineData("http://a,ftp://b", null, null, 10, "'ftp://b'")]
    [InlineData("http://me:secret@a", null, null, 10, "Url has a user in it")]
    [InlineData("http://a", "me", null, 10, "go together")]
    [InlineData("http://a", null, "/file", 10, "go together")]
    [InlineData("http://a", "me", "/no/such/file", 10, "no such file")]
    [InlineData("http://a", null, null, 0, "more than zero")]
    public void settings_that_cannot_work_are_told(string url, string? user, string? file, int seconds, string part)
    {
        var problem = Assert.Single(new SchemaRegistryOptions
        {
            Url = url, UserName = user, PasswordFile = file, RequestTimeout = TimeSpan.FromSeconds(seconds),
        }.Problems());
        Assert.Contains(part, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    private static WriterSchemas Schemas(SchemaRegistryOptions options) => new(Options.Create(options));

    private async Task UnusableAsync(string part, byte[] value) => Assert.Contains(
        part, (await Assert.ThrowsAsync<UnusableRecordException>(() => ReadAsync(value))).Message, StringComparison.Ordinal);

    private async Task<string> ReadAsync(byte[] value, WriterSchemas? schemas = null) => Encoding.UTF8.GetString((await new AvroFormat(
        schemas ?? _schemas).ReadAsync(new ForeignRecord { Value = value }, TestContext.Current.CancellationToken)).Span);
}
