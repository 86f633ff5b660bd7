using Phoenix.Model;

namespace Shop.Products;

/// <summary>Pieces were put on the shelf.</summary>
/// <param name="Quantity">How many.</param>
[Event("shop.stock-added")]
public sealed record StockAdded(int Quantity) : IEvent;
