using Phoenix.Coordination;

namespace Shop.Purchases;

/// <summary>The preorder's grain.</summary>
public sealed class PreorderGrain : SagaGrain<Preorder>, IPreorderGrain;
