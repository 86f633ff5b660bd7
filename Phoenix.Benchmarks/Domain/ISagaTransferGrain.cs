using Phoenix.Transactions;

namespace Phoenix.Benchmarks.Domain;

[Transaction("bench.saga-transfer")]
public interface ISagaTransferGrain : ITransactionGrain;
