using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>The cancel: what was held stays.</summary>
[Command("bench.drop-money")]
public sealed record DropMoney(long Amount) : ICommand<IPurseGrain>;
