using Phoenix.Runs.Checking;
using Phoenix.Runs.Faults;
using Phoenix.Runs.Histories;

namespace Phoenix.Benchmarks.Soak;

/// <summary>What a run came to; the JSON that <c>--json</c> writes.</summary>
internal sealed record SoakReport
{
    public required int Seed { get; init; }

    public required double Minutes { get; init; }

    public required string Broker { get; init; }

    /// <summary>Distinct commands by what their clients know: accepted, rejected, failed or unknown.</summary>
    public required IReadOnlyDictionary<string, int> Commands { get; init; }

    /// <summary>Messages sent, repeats included.</summary>
    public required int Sent { get; init; }

    public required int Events { get; init; }

    /// <summary>Events of accounts that a consumer of their topic got, repeats included.</summary>
    public int EventsPublished { get; init; }

    /// <summary>Transfers that completed, those of standing orders included.</summary>
    public required int TransfersCompleted { get; init; }

    /// <summary>Transfers that were undone.</summary>
    public required int TransfersCompensated { get; init; }

    /// <summary>Orders that completed.</summary>
    public required int OrdersCompleted { get; init; }

    /// <summary>Orders that were undone.</summary>
    public required int OrdersCompensated { get; init; }

    /// <summary>Purchases at the warehouse, another service, that completed.</summary>
    public required int PurchasesCompleted { get; init; }

    /// <summary>Purchases that were undone on both sides.</summary>
    public required int PurchasesCompensated { get; init; }

    /// <summary>Starts of transfers that were refused because too many were under way.</summary>
    public required int StartsRefused { get; init; }

    /// <summary>Payments of standing orders: deliveries of a timer that each sent a command.</summary>
    public required int Payments { get; init; }

    /// <summary>Records that were written for all accounts of a campaign.</summary>
    public int Bonuses { get; init; }

    public required IReadOnlyList<FaultFigures> Faults { get; init; }

    public required int ViolationCount { get; init; }

    /// <summary>The first hundred.</summary>
    public required IReadOnlyList<Violation> Violations { get; init; }

    public static SoakReport Of(
        int seed, TimeSpan length, string broker, IReadOnlyList<HistoryRecord> history, StoredLog log, IReadOnlyList<(FaultKind Kind, long At)> faults, IReadOnlyList<Violation> violations)
    {
        var commands = history.GroupBy(record => (record.Stream, record.CommandId)).GroupBy(command => Ending(command))
            .ToDictionary(group => group.Key, group => group.Count());
        var gaps = Unavailability.Of([.. faults.Select(fault => fault.At)], history);
        return new()
        {
            Seed = seed,
            Minutes = length.TotalMinutes,
            Broker = broker,
            Commands = commands,
            Sent = history.Count(record => record.Event == ClientEvent.Sent),
            Events = log.Events.Count,
            TransfersCompleted = log.Transfers.Count(transfer => transfer.Completed == true),
            TransfersCompensated = log.Transfers.Count(transfer => transfer.Completed == false),
            OrdersCompleted = log.Orders.Count(order => order.Completed == true),
            OrdersCompensated = log.Orders.Count(order => order.Completed == false),
            PurchasesCompleted = log.Purchases.Values.Count(completed => completed == true),
            PurchasesCompensated = log.Purchases.Values.Count(completed => completed == false),
            StartsRefused = history.Count(record => record.Event == ClientEvent.Refused),
            Payments = log.Payments.Count,
            Faults = [.. faults.Zip(gaps).GroupBy(fault => fault.First.Kind).Select(kind => FaultFigures.Of(kind.Key, [.. kind.Select(fault => fault.Second).Order()])).OrderBy(figures => figures.Kind)],
            ViolationCount = violations.Count,
            Violations = [.. violations.Take(100)],
        };
    }

    private static string Ending(IEnumerable<HistoryRecord> command)
    {
        var events = command.Select(record => record.Event).ToHashSet();
        (ClientEvent Event, string Name)[] endings =
        [
            (ClientEvent.Accepted, "accepted"), (ClientEvent.Completed, "completed"), (ClientEvent.Compensated, "compensated"),
            (ClientEvent.Rejected, "rejected"), (ClientEvent.Failed, "failed"), (ClientEvent.Unknown, "unknown"),
            (ClientEvent.Refused, "refused"),
        ];
        return endings.FirstOrDefault(ending => events.Contains(ending.Event), (default, "unknown")).Name;
    }
}

/// <summary>One kind of fault.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Count">How often.</param>
/// <param name="P50Milliseconds">Median of the longest times without any answer.</param>
/// <param name="MaxMilliseconds">The longest.</param>
internal sealed record FaultFigures(FaultKind Kind, int Count, long P50Milliseconds, long MaxMilliseconds)
{
    public static FaultFigures Of(FaultKind kind, IReadOnlyList<long> ordered) => new(kind, ordered.Count, ordered[ordered.Count / 2], ordered[^1]);
}
