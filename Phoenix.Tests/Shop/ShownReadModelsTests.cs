using Phoenix.Runs.Bookkeeping;
using Xunit;

namespace Phoenix.Tests.Shop;

public sealed class ShownReadModelsTests
{
    [Fact]
    public void the_demo_finds_no_difference_and_names_those_that_there_are()
    {
        var rows = ShopViewsTests.Placed.Select(order => new OrderRow(order.Key, order.Value.Account, order.Value.Product, order.Value.Quantity,
            order.Value.Price, "completed", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch)).ToList();
        var shown = new ShownReadModels([new("ann", 5)], rows,
            [new(new(2026, 1, 31), "tea", 5, 4), new(new(2026, 1, 31), "pot", 6, 2)]);
        Assert.Empty(shown.Differences(1, 5, ShopViewsTests.Placed, ShopViewsTests.Placed.Count));
        Assert.Single(shown.Differences(1, 6, ShopViewsTests.Placed, ShopViewsTests.Placed.Count));
        Assert.Single((shown with { Days = [shown.Days[0], shown.Days[1] with { Pieces = 7 }] }).Differences(1, 5, ShopViewsTests.Placed, ShopViewsTests.Placed.Count));
        Assert.Equal(2, (shown with { Orders = [rows[0] with { Price = 1, SentAt = null }, .. rows.Skip(1)] })
            .Differences(1, 5, ShopViewsTests.Placed, ShopViewsTests.Placed.Count).Count());
    }
}
