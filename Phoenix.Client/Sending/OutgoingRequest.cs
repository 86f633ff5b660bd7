using Phoenix.Kafka;
using Phoenix.Messages;

namespace Phoenix.Client.Sending;

/// <summary>A command or query on its way: what the record is made of, and what to say when nobody answers.</summary>
internal sealed class OutgoingRequest
{
    public required string Aggregate { get; init; }

    public required string AggregateId { get; init; }

    public required string Name { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Null for a query.</summary>
    public CommandMessage? Command { get; init; }

    public bool Linearizable { get; init; }

    /// <summary>The reply is to come when the transaction that this starts has ended.</summary>
    public bool ReplyAtEnd { get; init; }

    /// <summary>Set by the caller, or when the client itself sends again.</summary>
    public bool MayBeRepeat { get; set; }

    public string? TraceParent { get; set; }

    public static OutgoingRequest Of(string aggregate, string aggregateId, CommandMessage command, bool replyAtEnd = false)
    {
        MessageRules.CheckAddress(aggregate, aggregateId);
        MessageRules.Check(command);
        return new()
        {
            Aggregate = aggregate, AggregateId = aggregateId, Name = command.Name, Payload = command.Payload, Command = command,
            MayBeRepeat = command.MayBeRepeat, ReplyAtEnd = replyAtEnd,
        };
    }

    public static OutgoingRequest Of(string aggregate, string aggregateId, QueryMessage query)
    {
        MessageRules.CheckAddress(aggregate, aggregateId);
        MessageRules.CheckName(query.Name);
        return new() { Aggregate = aggregate, AggregateId = aggregateId, Name = query.Name, Payload = query.Payload, Linearizable = query.Linearizable };
    }

    public CommandException NotSent(string why, Exception? cause = null) => new UnavailableException(Command is null
        ? $"Query '{Name}' to {Aggregate}/{AggregateId} was not sent: {why} Ask again."
        : $"Command '{Name}' {Command.CommandId} to {Aggregate}/{AggregateId} was not sent and has no effect: {why} Sending it again with the same id is safe.", cause);

    public CommandException Refused(KafkaRejectedException error) => error.Code switch
    {
        "too-large" => new CommandFailedException(ErrorCodes.TooLarge, error.Message, error),
        "unknown-topic" => Unknown(error.Message, error),
        "not-authorized" => NotSent(error.Message, error),
        _ => NotSent("the broker refuses it; the cause has the broker's words.", error),
    };

    public CommandException HasNoTopic(PhoenixClientOptions options) => Unknown($"Topic '{options.CommandTopic(Aggregate)}' does not exist.", null);

    private CommandFailedException Unknown(string why, Exception? cause) => new(
        ErrorCodes.UnknownName,
        $"No aggregate '{Aggregate}' takes commands: {why} Check the aggregate's name, the topic prefix, and that a silo that hosts it has started once.",
        cause);

    public CommandException NotAnswered(string why, Exception? cause = null) => Command is null
        ? new UnavailableException($"Query '{Name}' to {Aggregate}/{AggregateId} was not answered: {why} A query changes nothing: ask again.", cause)
        : new OutcomeUnknownException(
            $"The outcome of command '{Name}' {Command.CommandId} to {Aggregate}/{AggregateId} is unknown: {why} It may have taken effect or still will. Sending it again with the same id {Command.CommandId} is safe and gives its outcome.",
            cause) { CommandId = Command.CommandId };
}
