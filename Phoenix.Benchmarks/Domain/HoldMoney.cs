using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>The try: money is to come, or to go when it is below 0.</summary>
[Command("bench.hold-money")]
public sealed record HoldMoney(long Amount) : ICommand<IPurseGrain>;
