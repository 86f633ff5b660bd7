using System.Text.Json;
using Phoenix.Dispatch;
using Phoenix.Intake;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Coordination;

/// <summary>
/// The topic that other services answer to: each reply becomes a message on the stream of its transaction. A position moves on when the
/// transaction has its answer; what is lost with a silo after that is asked for again, and the other service's ledger says the same.
/// </summary>
/// <param name="prefix">The first part of the names of this service's topics.</param>
/// <param name="domain">The transactions of this host.</param>
internal sealed class StepReplies(string prefix, DomainModel domain) : IRecordConverter
{
    /// <summary>What the topic is called in logs.</summary>
    public const string Namespace = "phoenix.steps";

    public static string TopicOf(string prefix) => $"{prefix}.steps.replies";

    public ValueTask<Conversion> ConvertAsync(KafkaMessage record, CancellationToken cancellationToken) => new(Convert(record));

    public Conversion Convert(KafkaMessage record)
    {
        if (HeaderOf(record, WireHeaders.Step) is not { } header || StepUri.Parse(header) is not { } step)
            return Refused($"A reply to a step has the header '{WireHeaders.Step}' of the step.");
        var (service, stream) = StepUri.PartsOf(step);
        var slash = stream.IndexOf('/', StringComparison.Ordinal);
        var (aggregate, id) = (stream[..slash], stream[(slash + 1)..]);
        if (service != prefix) return Refused($"The reply is to a transaction of '{service}'; expected one of '{prefix}'.");
        if (domain.Aggregates.GetValueOrDefault(aggregate)?.Saga is null) return Refused($"'{aggregate}' is no transaction of this host.");
        if (HeaderOf(record, WireHeaders.CommandId) != step.CommandId)
            return Refused($"The header '{WireHeaders.CommandId}' of the reply is not that of the step, '{step.CommandId}'.");
        try
        {
            _ = ReplyBody.Parse(record.Body.Span);
        }
        catch (JsonException problem)
        {
            return Refused($"The body is no reply: {problem.Message}");
        }

        return new([new(aggregate, id, [new(WireHeaders.Type, StepAnswers.Type), new(WireHeaders.Step, header)], record.Body)]);
    }

    /// <summary>What a reply says of its step; null when it says nothing, and the same is asked again.</summary>
    public static (StepReference Step, StepAnswer? Answer) Read(KafkaMessage message)
    {
        var body = ReplyBody.Parse(message.Body.Span);
        return (StepUri.Parse(HeaderOf(message, WireHeaders.Step)!)!, body switch
        {
            { Outcome: { } outcome } => OutcomeOf(outcome),
            { Status: ReplyStatus.Failed } => new StepAnswer.Failed(body.Code!, body.Message!),
            _ => null,
        });
    }

    public static StepAnswer OutcomeOf(Outcome outcome) => outcome switch
    {
        { IsAccepted: true } => new StepAnswer.Accepted(outcome.ReplyJson, outcome.ReplyLeftOut),
        { Code: TransactionCodes.StepClosed } => new StepAnswer.Closed(),
        _ => new StepAnswer.Rejected(outcome.Code!, outcome.Message ?? ""),
    };

    private static string? HeaderOf(KafkaMessage record, string name) => record.Headers.LastOrDefault(header => header.Name == name)?.Text;

    private static Conversion Refused(string problem) => Conversion.Refused(new(ErrorCodes.Undecodable, problem));
}
