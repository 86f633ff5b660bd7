using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

[Command("bench.transfer-by-tcc")]
public sealed record TransferByTcc(string From, string To, long Amount) : ICommand<ITccTransferGrain>;
