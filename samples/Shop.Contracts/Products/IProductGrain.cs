using Phoenix;
using Phoenix.Model;

namespace Shop.Products;

/// <summary>The address of a product; the key is its id.</summary>
[Aggregate("shop.product")]
public interface IProductGrain : IAggregateGrain;
