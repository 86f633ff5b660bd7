using System.Text;
using CsCheck;
using Phoenix.Model;
using Xunit;

namespace Phoenix.Tests.Model;

public sealed class IdentityTests
{
    [Theory]
    [InlineData("1")]
    [InlineData("a/b c.d:e")]
    [InlineData("München-東京-🙂")]
    public void an_aggregate_id_is_nearly_any_text(string id) => Assert.Null(AggregateId.Problem(id));

    [Theory]
    [InlineData(null, "at least one character")]
    [InlineData("", "at least one character")]
    [InlineData("a\nb", "no control characters; found U+000A")]
    [InlineData("a\0", "no control characters; found U+0000")]
    [InlineData("a\u0085", "no control characters; found U+0085")]
    public void an_aggregate_id_is_refused_with_a_reason(string? id, string reason) => Assert.Contains(reason, AggregateId.Problem(id));

    [Fact]
    public void half_of_a_surrogate_pair_is_no_text() => Assert.Contains("surrogate", AggregateId.Problem("a\ud83d"));

    [Fact]
    public void an_aggregate_id_has_200_bytes_at_most()
    {
        Assert.Null(AggregateId.Problem(new string('a', 200)));
        Assert.Contains("at most 200 bytes of UTF-8; found 201", AggregateId.Problem(new string('a', 201)));
        Assert.Contains("found 202", AggregateId.Problem(new string('ü', 101)));
    }

    [Fact]
    public void an_accepted_aggregate_id_survives_utf8() => Gen.String.Sample(id =>
        AggregateId.Problem(id) is not null || (Encoding.UTF8.GetByteCount(id) is >= 1 and <= 200 && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(id)) == id && !id.Any(char.IsControl)));

    [Theory]
    [InlineData("a")]
    [InlineData("shop.account")]
    [InlineData("shop.money-withdrawn.2")]
    public void logical_names_are_lower_case_words(string name) => Assert.True(LogicalName.IsValid(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Shop")]
    [InlineData("1shop")]
    [InlineData("-shop")]
    [InlineData("shop account")]
    [InlineData("shop_v2")]
    [InlineData("shöp")]
    [InlineData("shop/1")]
    public void other_names_are_not_logical(string? name) => Assert.False(LogicalName.IsValid(name));

    [Fact]
    public void a_logical_name_has_64_characters_at_most()
    {
        Assert.True(LogicalName.IsValid(new string('a', 64)));
        Assert.False(LogicalName.IsValid(new string('a', 65)));
    }

    [Fact]
    public void a_type_without_name_says_so() => Assert.Contains(
        $"{typeof(IdentityTests)} has no logical name.", Assert.Throws<ModelException>(() => LogicalName.Of(typeof(IdentityTests))).Message);

    [Theory]
    [InlineData("")]
    [InlineData("Not Open")]
    [InlineData("not_open")]
    public void a_rejection_code_is_machine_readable(string code) =>
        Assert.Contains($"found '{code}'", Assert.Throws<ArgumentException>(() => Decision.Rejected(code, "no")).Message);

    [Fact]
    public void a_rejection_has_no_reply() => Assert.Throws<InvalidOperationException>(() => Decision.Rejected("no", "no").WithReply(1));

    [Fact]
    public void a_decision_has_no_null_event() => Assert.Throws<ArgumentException>(() => Decision.Accepted([null!], null));
}
