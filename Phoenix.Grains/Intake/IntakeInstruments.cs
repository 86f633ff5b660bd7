using System.Diagnostics.Metrics;

namespace Phoenix.Intake;

/// <summary>Counters of the meter <c>Phoenix.Intake</c>.</summary>
internal static class IntakeInstruments
{
    /// <summary>Stands for every header that the wire does not know: their names are the senders' and without end.</summary>
    public const string OfTheSender = "own";

    public static readonly Meter Meter = new("Phoenix.Intake");

    private static readonly Counter<long> IgnoredHeaders = Meter.CreateCounter<long>(
        "phoenix.intake.headers.ignored", "{header}", "Headers that only inform and were left out because they are not as docs/wire.md says, by name.");

    private static readonly Counter<long> ShortenedReplies = Meter.CreateCounter<long>(
        "phoenix.intake.replies.shortened", "{reply}", "Replies that their topic refused whole and that were sent without their value.");

    public static void Ignored(string header) => IgnoredHeaders.Add(1, new KeyValuePair<string, object?>("header", header));

    public static void Shortened() => ShortenedReplies.Add(1);
}
