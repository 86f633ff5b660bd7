using Phoenix.Model;

namespace Shop.Products;

/// <summary>Puts pieces on the shelf; the reply is how many are there.</summary>
/// <param name="Quantity">Above 0.</param>
[Command("shop.add-stock")]
public sealed record AddStock(int Quantity) : ICommand<IProductGrain>;
