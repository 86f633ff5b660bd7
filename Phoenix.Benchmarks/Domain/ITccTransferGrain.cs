using Phoenix.Transactions;

namespace Phoenix.Benchmarks.Domain;

[Transaction("bench.tcc-transfer")]
public interface ITccTransferGrain : ITransactionGrain;
