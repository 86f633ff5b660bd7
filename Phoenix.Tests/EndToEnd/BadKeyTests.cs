using System.Text;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>A key that names no aggregate: the message is put aside, nobody can be told, the partition goes on.</summary>
[Collection(SharedService.Name)]
[Trait("Category", "Servers")]
public sealed class BadKeyTests(SharedService shared)
{
    private static readonly Dictionary<string, (byte[]? Key, string Hint)> Rows = new()
    {
        ["no key"] = (null, "no key"),
        ["an empty key"] = ([], "empty"),
        ["a key of 201 bytes"] = (Encoding.UTF8.GetBytes(new string('k', 201)), "201"),
        ["a key that is not UTF-8"] = ([0x61, 0xFF], "UTF-8"),
        ["a key with half a surrogate pair"] = ([0xED, 0xA0, 0x80], "UTF-8"),
        ["a control character in the key"] = ("a\u0000b"u8.ToArray(), "U+0000"),
        ["a line feed in the key"] = ("a\nb"u8.ToArray(), "U+000A"),
        ["a C1 control character in the key"] = ("a\u0085b"u8.ToArray(), "U+0085"),
    };

    public static TheoryData<string> Names => [.. Rows.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task a_message_whose_key_names_no_aggregate_is_put_aside(string name)
    {
        var service = await shared.ServiceAsync();
        var (key, hint) = Rows[name];
        var bad = service.Account("x", "deposit", """{"amount":5}""") with { Key = key };
        var place = await service.Wire.SendAsync(bad);
        var letter = await service.Wire.DeadLetterAsync(place);

        Assert.Equal("unroutable", letter["deadletterreason"]);
        Assert.Contains(hint, letter["deadlettermessage"], StringComparison.Ordinal);
        Assert.Equal(bad.Key, letter.Key);
        Assert.Equal(bad.Body, letter.Body);
        Assert.Equal(bad.Headers, letter.Headers.Take(bad.Headers.Count), BadMessageTests.SameHeader);
        await service.NewAccountAsync();
        Assert.Empty(service.Wire.Received(record => record["ce_type"] == "phoenix.reply" && record["requestid"] == bad.RequestId));
    }

    [Theory]
    [InlineData("with / and + and %2F and spaces")]
    [InlineData("Grüße-你好-🐦")]
    [InlineData("' or 1=1; drop table phoenix_ledger; --")]
    public async Task any_other_text_is_a_key(string name)
    {
        var service = await shared.ServiceAsync();
        var key = name + new string('k', 200 - Encoding.UTF8.GetByteCount(name));
        var opened = await service.Wire.RequestAsync(service.Account(key, "open-account", """{"owner":"Ann"}"""));

        Assert.Equal("accepted", opened.Status);
        Assert.Equal(key, Encoding.UTF8.GetString(opened.Key!));
        Assert.Single(await service.LedgerAsync($"shop.account/{key}"));
    }
}
