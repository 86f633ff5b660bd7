using Phoenix.EventStore;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>Identities that belong to a time keep it in front, so that the ledger's index grows at its end.</summary>
public sealed class TimeOrderTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 28, 5, 0, 0, TimeSpan.Zero);

    [Fact]
    public void the_identity_of_a_record_begins_with_its_time()
    {
        var before = CommandIdentity.Of($"topic:3:17:{Time.AddMilliseconds(-1).ToUnixTimeMilliseconds()}");
        var ids = Enumerable.Range(0, 100).Select(offset => CommandIdentity.Of($"topic:3:{offset}:{Time.ToUnixTimeMilliseconds()}")).ToList();
        Assert.Equal(100, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(string.CompareOrdinal(before.ToString(), id.ToString()) < 0));
        Assert.All(ids, id => Assert.StartsWith(Guid.CreateVersion7(Time).ToString()[..13], id.ToString(), StringComparison.Ordinal));
        Assert.All(ids, id => Assert.Equal((8, true), (id.Version, id.Variant is >= 8 and < 12)));
    }

    /// <summary>Written down: another formula would let what is in the ledger be decided once more.</summary>
    [Theory]
    [InlineData("order-17", "72a90ea3-da8b-8dd0-9bde-2f27314e02e2")]
    [InlineData("topic:3:17:1795842000000", "01a22086-4480-896a-bf26-d92e8238f294")]
    public void the_formula_stays(string id, string expected) => Assert.Equal(expected, CommandIdentity.Of(id).ToString());

    [Theory]
    [InlineData("a:")]
    [InlineData("a:-1")]
    [InlineData("a:1x")]
    [InlineData("a:281474976710656")]
    [InlineData("a:99999999999999999999")]
    public void a_text_that_only_looks_like_it_is_hashed_whole(string id) =>
        Assert.NotEqual(CommandIdentity.Of(id).ToString()[..8], CommandIdentity.Of(id + "0").ToString()[..8]);

    [Fact]
    public void what_a_due_row_becomes_begins_like_the_command_that_set_it()
    {
        var cause = Guid.CreateVersion7(Time);
        Assert.StartsWith(cause.ToString()[..13], DueIdentity.Of("shop.account/1", new("send-0", cause, 0)).ToString(), StringComparison.Ordinal);
    }
}
