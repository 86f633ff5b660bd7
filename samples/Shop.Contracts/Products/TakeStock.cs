using Phoenix.Model;

namespace Shop.Products;

/// <summary>Takes pieces off the shelf; the reply is how many are left.</summary>
/// <param name="Quantity">Above 0, and no more than are there.</param>
[Command("shop.take-stock")]
public sealed record TakeStock(int Quantity) : ICommand<IProductGrain>;
