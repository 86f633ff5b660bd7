using Phoenix.Aggregates;

namespace Shop.Products;

/// <summary>The product's grain.</summary>
public sealed class ProductGrain : AggregateGrain<Product>, IProductGrain;
