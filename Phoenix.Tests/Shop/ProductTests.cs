using Phoenix.TestKit;
using Shop.Products;
using Xunit;

namespace Phoenix.Tests.Shop;

public sealed class ProductTests
{
    private static readonly AggregateSpecification<Product> New = AggregateSpecification.For<Product>();
    private static readonly AggregateSpecification<Product> Stocked = New.Given(new StockAdded(10));

    [Fact]
    public void pieces_are_put_on_the_shelf() => Stocked.When(new AddStock(5)).ThenEvents(new StockAdded(5)).ThenReply(15);

    [Fact]
    public void pieces_are_taken() =>
        Stocked.When(new TakeStock(4)).ThenEvents(new StockTaken(4)).ThenReply(6).ThenState(product => product.Stock == 6);

    [Fact]
    public void no_more_are_taken_than_are_there() =>
        Stocked.When(new TakeStock(11)).ThenRejected("out-of-stock", "10 pieces are left, 11 were asked for.");

    [Fact]
    public void a_product_that_nobody_stocked_is_out_of_stock() => New.When(new TakeStock(1)).ThenRejected("out-of-stock");

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void quantities_are_above_0(int quantity)
    {
        Stocked.When(new AddStock(quantity)).ThenRejected("invalid-quantity");
        Stocked.When(new TakeStock(quantity)).ThenRejected("invalid-quantity");
    }

    [Fact]
    public void a_shelf_does_not_overflow() => Stocked.When(new AddStock(int.MaxValue)).ThenRejected("invalid-quantity");

    [Fact]
    public void a_product_shows_its_stock() => Stocked.Ask(new GetStock()).ThenAnswer(10);
}
