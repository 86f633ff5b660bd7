using System.Buffers;
using System.Text.Json;
using Phoenix.Transactions;

namespace Phoenix.Messages;

/// <summary>
/// The JSON body of a reply: exactly one of <see cref="Outcome"/>, <see cref="Answer"/>, <see cref="End"/> and an error
/// (<see cref="Code"/>, <see cref="Message"/>).
/// </summary>
public sealed record ReplyBody
{
    private const int MaxShortCharacters = 500;

    private ReplyBody() { }

    /// <summary>What became of the request.</summary>
    public required ReplyStatus Status { get; init; }

    /// <summary>The outcome of a command that was accepted or rejected, or null.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>The answer to a query, or null.</summary>
    public QueryAnswer? Answer { get; init; }

    /// <summary>How a transaction ended, without its steps, or null.</summary>
    public TransactionStatus? End { get; init; }

    /// <summary>Of <see cref="End"/>: the id of the command that started it.</summary>
    internal string? StartId { get; init; }

    /// <summary>Of <see cref="End"/>: the reply topic does not take its reply value.</summary>
    internal bool ReplyLeftOut { get; init; }

    /// <summary>For failures: one of <see cref="ErrorCodes"/>, or null.</summary>
    public string? Code { get; init; }

    /// <summary>For failures: what was expected, what was found and what to do, or null.</summary>
    public string? Message { get; init; }

    /// <summary>The status as it is written on the wire, for example <c>accepted</c>.</summary>
    public string StatusText => ReplyJson.TextOf(Status);

    /// <summary>The body for a recorded outcome.</summary>
    public static ReplyBody Of(Outcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return new() { Status = outcome.IsAccepted ? ReplyStatus.Accepted : ReplyStatus.Rejected, Outcome = outcome };
    }

    /// <summary>The body for an answer.</summary>
    public static ReplyBody Answered(QueryAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new() { Status = ReplyStatus.Answered, Answer = answer };
    }

    /// <summary>The body for a transaction that has ended.</summary>
    /// <param name="startId">The id of the command that started it.</param>
    /// <param name="end">How.</param>
    public static ReplyBody Ended(string startId, TransactionStatus end)
    {
        ArgumentException.ThrowIfNullOrEmpty(startId);
        ArgumentNullException.ThrowIfNull(end);
        return new() { Status = ReplyStatus.Ended, StartId = startId, End = end };
    }

    /// <summary>The body for a request that was not decided.</summary>
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="message">What was expected, what was found and what to do; no secrets and no stack trace.</param>
    public static ReplyBody Failed(string code, string message)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        ArgumentNullException.ThrowIfNull(message);
        return new() { Status = ReplyStatus.Failed, Code = code, Message = message };
    }

    /// <summary>The body for a typed error.</summary>
    public static ReplyBody Failed(CommandException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Failed(error.Code, error.Message);
    }

    /// <summary>The exception that a grain caller would have got, or null when this is no failure.</summary>
    public CommandException? ToException() => Status != ReplyStatus.Failed ? null : Code switch
    {
        ErrorCodes.BrokenAggregate => new AggregateBrokenException(Message!),
        ErrorCodes.IdReused => new CommandIdReusedException(Message!),
        ErrorCodes.Unavailable => new UnavailableException(Message!),
        ErrorCodes.Unknown => new OutcomeUnknownException(Message!),
        _ => new CommandFailedException(Code!, Message!),
    };

    /// <summary>
    /// The same news in at most a few kilobytes, for a topic that takes no more: without the handler's reply value, and with the beginning
    /// of a message. An answer is nothing without its value, so it becomes the failure <see cref="ErrorCodes.TooLarge"/>.
    /// </summary>
    public ReplyBody Shortened() => this switch
    {
        { Outcome: { } outcome } => this with { Outcome = outcome with { ReplyJson = null, ReplyLeftOut = outcome.ReplyJson is not null, Message = Beginning(outcome.Message) } },
        { Answer: { } answer } => Failed(
            ErrorCodes.TooLarge,
            $"The answer has {answer.Json.Length} characters, more than the reply topic takes. Ask for less, or raise the topic's max.message.bytes."),
        { End: { } end } => this with
        {
            End = end with { ReplyJson = null, Message = Beginning(end.Message) }, ReplyLeftOut = end.ReplyJson is not null,
        },
        _ => this with { Message = Beginning(Message) },
    };

    private static string? Beginning(string? message) => message?.Length > MaxShortCharacters ? message[..MaxShortCharacters] + "…" : message;

    /// <summary>The body as UTF-8 JSON.</summary>
    public byte[] ToUtf8Json()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        ReplyJson.Write(this, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="JsonException">It is no reply; the message says what is missing.</exception>
    public static ReplyBody Parse(ReadOnlySpan<byte> utf8Json)
    {
        var members = ReplyJson.Read(utf8Json);
        return members.Status switch
        {
            ReplyStatus.Accepted or ReplyStatus.Rejected => Of(members.ToOutcome()),
            ReplyStatus.Answered => Answered(members.ToAnswer()),
            ReplyStatus.Ended => Ended(ReplyJson.Required(members.CommandId, "commandId"), members.ToEnd()),
            _ => Failed(ReplyJson.Required(members.Code, "code"), ReplyJson.Required(members.Message, "message")),
        };
    }
}
