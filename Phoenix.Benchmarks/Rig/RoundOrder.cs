namespace Phoenix.Benchmarks.Rig;

/// <summary>An order to a part: work for so long.</summary>
/// <param name="Seconds">How long new operations are begun, in the open loop after a lead-in; those under way are finished and
/// count.</param>
/// <param name="Rate">Operations begun a second, whatever the answers take (open loop); null: every caller begins one when its last is
/// answered (closed loop).</param>
/// <param name="Touch">Instead of working for so long: address so many aggregates that were never addressed before, once each.</param>
internal sealed record RoundOrder(double Seconds, double? Rate = null, int? Touch = null);
