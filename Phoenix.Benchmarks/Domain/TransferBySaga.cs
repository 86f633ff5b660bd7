using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

[Command("bench.transfer-by-saga")]
public sealed record TransferBySaga(string From, string To, long Amount) : ICommand<ISagaTransferGrain>;
