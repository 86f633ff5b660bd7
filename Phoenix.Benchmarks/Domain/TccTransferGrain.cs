using Phoenix.Coordination;

namespace Phoenix.Benchmarks.Domain;

public sealed class TccTransferGrain : SagaGrain<TccTransfer>, ITccTransferGrain;
