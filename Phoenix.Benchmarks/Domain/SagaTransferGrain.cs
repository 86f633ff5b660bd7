using Phoenix.Coordination;

namespace Phoenix.Benchmarks.Domain;

public sealed class SagaTransferGrain : SagaGrain<SagaTransfer>, ISagaTransferGrain;
