using Phoenix.Model;

namespace Shop.Products;

/// <summary>Asks how many pieces are on the shelf.</summary>
[Query("shop.get-stock")]
public sealed record GetStock : IQuery<IProductGrain, int>;
