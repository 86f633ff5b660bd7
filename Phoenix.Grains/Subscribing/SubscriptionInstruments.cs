using System.Diagnostics.Metrics;

namespace Phoenix.Subscribing;

/// <summary>Counters of the meter <c>Phoenix.Subscriptions</c>.</summary>
internal static class SubscriptionInstruments
{
    public const string MeterName = "Phoenix.Subscriptions";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Records = Meter.CreateCounter<long>(
        "phoenix.subscriptions.records", "{record}", "Records handed to a converter, repeats included.");
    private static readonly Counter<long> Made = Meter.CreateCounter<long>(
        "phoenix.subscriptions.commands", "{command}", "Commands to one aggregate that records became, repeats included.");
    private static readonly Counter<long> Targets = Meter.CreateCounter<long>(
        "phoenix.subscriptions.broadcast", "{command}", "Commands to aggregates behind a tag, repeats included.");
    private static readonly Counter<long> Letters = Meter.CreateCounter<long>(
        "phoenix.subscriptions.dead-letters", "{letter}", "Records, and targets of broadcasts, that were put aside.");

    public static void Record(string subscription) => Records.Add(1, Tag(subscription));

    public static void Commands(string subscription, int count) => Made.Add(count, Tag(subscription));

    public static void Broadcast(string subscription, int count) => Targets.Add(count, Tag(subscription));

    public static void DeadLetter(string subscription) => Letters.Add(1, Tag(subscription));

    public static KeyValuePair<string, object?> Tag(string subscription) => new("subscription", subscription);
}
