using Phoenix.Model;

namespace Phoenix.Benchmarks.Domain;

/// <summary>Puts money in, or takes it out when it is below 0.</summary>
[Command("bench.move-money")]
public sealed record MoveMoney(long Amount) : ICommand<IPurseGrain>;
