using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

public sealed class RecordKeyTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("account/4711")]
    [InlineData("帳戶-✓-𝕏")]
    public void a_key_of_printable_text_is_routed(string key) => Assert.Null(Refuse(key));

    [Fact]
    public void two_hundred_bytes_are_the_limit()
    {
        Assert.Null(Refuse(new string('x', 200)));
        Assert.Contains("201 bytes", Refuse(new string('x', 201)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\u0000")]
    [InlineData("\u0085")]
    public void empty_keys_and_control_characters_are_refused(string key) => Assert.NotNull(Refuse(key));

    [Fact]
    public void missing_keys_and_invalid_utf8_are_refused()
    {
        Assert.Contains("no key", RecordKey.Refuse(default, present: false), StringComparison.Ordinal);
        Assert.Contains("UTF-8", RecordKey.Refuse([0xc3, 0x28], present: true), StringComparison.Ordinal);
        Assert.Contains("UTF-8", RecordKey.Refuse([0xed, 0xa0, 0x80], present: true), StringComparison.Ordinal);
    }

    private static string? Refuse(string key) => RecordKey.Refuse(System.Text.Encoding.UTF8.GetBytes(key), present: true);
}
