using Phoenix.Transactions;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>How a step is named in messages between services.</summary>
public sealed class StepUriTests
{
    [Theory]
    [InlineData("o-1", "pay", "//orders/shop.order/o-1?step=pay&phase=do&round=1")]
    [InlineData("a/b?c&d e", "step=1&x", "//orders/shop.order/a%2Fb%3Fc%26d%20e?step=step%3D1%26x&phase=do&round=1")]
    [InlineData("订单", "付", "//orders/shop.order/%E8%AE%A2%E5%8D%95?step=%E4%BB%98&phase=do&round=1")]
    public void a_step_is_one_text_and_back(string id, string name, string expected)
    {
        var step = new StepReference(StepUri.TransactionOf("orders", $"shop.order/{id}"), name, StepPhase.Do, 1);

        Assert.Equal(expected, StepUri.Of(step));
        Assert.Equal(step, StepUri.Parse(expected));
        Assert.Equal(("orders", $"shop.order/{id}"), StepUri.PartsOf(step));
    }

    [Theory]
    [InlineData(StepPhase.Undo, "undo")]
    [InlineData(StepPhase.Confirm, "confirm")]
    [InlineData(StepPhase.Cancel, "cancel")]
    public void every_phase_has_a_word(StepPhase phase, string word) =>
        Assert.Equal(phase, StepUri.Parse($"//orders/shop.order/o-1?step=pay&phase={word}&round=12")!.Phase);

    [Fact]
    public void the_longest_fits_into_a_header()
    {
        var name = new string('本', Step.MaxNameBytes / 3);
        var transaction = StepUri.TransactionOf(new string('s', 64), $"{new string('a', 64)}/{new string('本', 66)}");

        var text = StepUri.Of(new StepReference(transaction, name, StepPhase.Confirm, int.MaxValue));

        Assert.InRange(text.Length, 900, 1024);
        Assert.NotNull(StepUri.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("shop.order/o-1?step=pay&phase=do&round=1")]
    [InlineData("//orders/shop.order?step=pay&phase=do&round=1")]
    [InlineData("//orders/shop.order/?step=pay&phase=do&round=1")]
    [InlineData("//orders/shop.order/a/b?step=pay&phase=do&round=1")]
    [InlineData("//Orders/shop.order/o-1?step=pay&phase=do&round=1")]
    [InlineData("//orders/Shop.order/o-1?step=pay&phase=do&round=1")]
    [InlineData("//orders/shop.order/o-1?phase=do&step=pay&round=1")]
    [InlineData("//orders/shop.order/o-1?step=pay&phase=do")]
    [InlineData("//orders/shop.order/o-1?step=&phase=do&round=1")]
    [InlineData("//orders/shop.order/o-1?step=pay&phase=Do&round=1")]
    [InlineData("//orders/shop.order/o-1?step=pay&phase=1&round=1")]
    [InlineData("//orders/shop.order/o-1?step=pay&phase=do&round=0")]
    [InlineData("//orders/shop.order/o-1?step=pay&phase=do&round=01")]
    [InlineData("//orders/shop.order/o-1?step=pay&phase=do&round=1&more=1")]
    [InlineData("//orders/shop.order/%6F-1?step=pay&phase=do&round=1")]
    [InlineData("//orders/shop.order/%FF?step=pay&phase=do&round=1")]
    [InlineData("//orders/shop.order/o%00?step=pay&phase=do&round=1")]
    public void another_text_is_no_step(string text) => Assert.Null(StepUri.Parse(text));

    [Fact]
    public void an_id_follows_from_the_service_too()
    {
        var ids = new[] { "shop.order/o-1", StepUri.TransactionOf("orders", "shop.order/o-1"),
            StepUri.TransactionOf("sales", "shop.order/o-1") }
            .Select(transaction => new StepReference(transaction, "pay", StepPhase.Do, 1).CommandId).ToList();

        Assert.Equal(3, ids.Distinct().Count());
        // Written down in docs/wire.md: others may compute it.
        Assert.Equal("tx-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            "//orders/shop.order/o-1\npay\ndo\n1"u8))[..32], ids[1]);
    }
}
