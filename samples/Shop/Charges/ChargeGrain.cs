using Phoenix.Coordination;

namespace Shop.Charges;

/// <summary>The charge's grain.</summary>
public sealed class ChargeGrain : SagaGrain<CustomerCharge>, IChargeGrain;
