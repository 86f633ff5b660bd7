using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>The confirm: what was held moves.</summary>
[Command("bench.settle-money")]
public sealed record SettleMoney(long Amount) : ICommand<IPurseGrain>;
