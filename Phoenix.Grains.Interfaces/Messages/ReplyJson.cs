using System.Buffers;
using System.Text;
using System.Text.Json;
using Phoenix.Transactions;

namespace Phoenix.Messages;

/// <summary>Writes and reads reply bodies without an intermediate document: this runs once for every command over Kafka.</summary>
internal static class ReplyJson
{
    private const string Completed = "completed";
    private const string Compensated = "compensated";

    public static string TextOf(ReplyStatus status) => status switch
    {
        ReplyStatus.Accepted => "accepted",
        ReplyStatus.Rejected => "rejected",
        ReplyStatus.Answered => "answered",
        ReplyStatus.Failed => "failed",
        ReplyStatus.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such reply status."),
    };

    public static void Write(ReplyBody body, IBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("status"u8, TextOf(body.Status));
        if (body.Outcome is { } outcome) WriteOutcome(json, outcome);
        if (body.Answer is { } answer)
        {
            json.WriteNumber("version"u8, answer.Version);
            json.WritePropertyName("answer"u8);
            json.WriteRawValue(answer.Json);
        }

        if (body.End is { } end) WriteEnd(json, body, end);
        if (body.Code is not null) json.WriteString("code"u8, body.Code);
        if (body.Message is not null) json.WriteString("message"u8, body.Message);
        json.WriteEndObject();
    }

    private static void WriteOutcome(Utf8JsonWriter json, Outcome outcome)
    {
        json.WriteString("commandId"u8, outcome.CommandId);
        json.WriteNumber("versionBefore"u8, outcome.VersionBefore);
        json.WriteNumber("versionAfter"u8, outcome.VersionAfter);
        if (outcome.Code is not null) json.WriteString("code"u8, outcome.Code);
        if (outcome.Message is not null) json.WriteString("message"u8, outcome.Message);
        if (outcome.ReplyJson is not null)
        {
            json.WritePropertyName("reply"u8);
            json.WriteRawValue(outcome.ReplyJson);
        }

        if (outcome.ReplyLeftOut) json.WriteBoolean("replyLeftOut"u8, true);
        json.WriteBoolean("repeated"u8, outcome.Repeated);
    }

    private static void WriteEnd(Utf8JsonWriter json, ReplyBody body, TransactionStatus end)
    {
        json.WriteString("commandId"u8, body.StartId);
        json.WriteString("state"u8, end.State == TransactionState.Completed ? Completed : Compensated);
        if (end.Code is not null) json.WriteString("code"u8, end.Code);
        if (end.Message is not null) json.WriteString("message"u8, end.Message);
        if (end.ReplyJson is not null)
        {
            json.WritePropertyName("reply"u8);
            json.WriteRawValue(end.ReplyJson);
        }

        if (body.ReplyLeftOut) json.WriteBoolean("replyLeftOut"u8, true);
    }

    public static TransactionState StateOf(string text) => text switch
    {
        Completed => TransactionState.Completed,
        Compensated => TransactionState.Compensated,
        _ => throw new JsonException($"A transaction ends completed or compensated; found '{text}'."),
    };

    public static ReplyMembers Read(ReadOnlySpan<byte> utf8Json)
    {
        var reader = new Utf8JsonReader(utf8Json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A reply body is a JSON object.");
        var members = new ReplyMembers();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadMember(ref reader, utf8Json, ref members);
        if (reader.Read()) throw new JsonException("A reply body is one JSON object and nothing after it.");
        return members.Status != 0 ? members : throw Missing("status");
    }

    private static void ReadMember(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref ReplyMembers members)
    {
        var name = reader.GetString();
        reader.Read();
        try
        {
            switch (name)
            {
                case "status": members.Status = StatusOf(reader.GetString()); break;
                case "commandId": members.CommandId = reader.GetString(); break;
                case "versionBefore": members.VersionBefore = reader.GetInt64(); break;
                case "versionAfter": members.VersionAfter = reader.GetInt64(); break;
                case "version": members.Version = reader.GetInt64(); break;
                case "replyLeftOut": members.ReplyLeftOut = reader.GetBoolean(); break;
                case "repeated": members.Repeated = reader.GetBoolean(); break;
                case "state": members.State = reader.GetString(); break;
                case "code": members.Code = reader.GetString(); break;
                case "message": members.Message = reader.GetString(); break;
                case "reply": members.Reply = Raw(ref reader, json); break;
                case "answer": members.Answer = Raw(ref reader, json); break;
                default: reader.Skip(); break;
            }
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw new JsonException($"The reply member '{name}' has the wrong type: found {reader.TokenType}.", error);
        }
    }

    private static string Raw(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return Encoding.UTF8.GetString(json[start..(int)reader.BytesConsumed]);
    }

    private static ReplyStatus StatusOf(string? text) => text switch
    {
        "accepted" => ReplyStatus.Accepted,
        "rejected" => ReplyStatus.Rejected,
        "answered" => ReplyStatus.Answered,
        "failed" => ReplyStatus.Failed,
        "ended" => ReplyStatus.Ended,
        _ => throw new JsonException($"A reply's status is accepted, rejected, answered, failed or ended; found '{text}'."),
    };

    public static T Required<T>(T? value, string name) where T : class => value ?? throw Missing(name);

    public static long Required(long? value, string name) => value ?? throw Missing(name);

    private static JsonException Missing(string name) => new($"A reply body of this status has the member '{name}'; it is missing.");
}

internal struct ReplyMembers
{
    public ReplyStatus Status;
    public string? CommandId;
    public long? VersionBefore;
    public long? VersionAfter;
    public long? Version;
    public bool Repeated;
    public bool ReplyLeftOut;
    public string? State;
    public string? Code;
    public string? Message;
    public string? Reply;
    public string? Answer;

    public readonly Outcome ToOutcome() => new()
    {
        CommandId = ReplyJson.Required(CommandId, "commandId"),
        Status = Status == ReplyStatus.Accepted ? OutcomeStatus.Accepted : OutcomeStatus.Rejected,
        VersionBefore = ReplyJson.Required(VersionBefore, "versionBefore"),
        VersionAfter = ReplyJson.Required(VersionAfter, "versionAfter"),
        Code = Status == ReplyStatus.Rejected ? ReplyJson.Required(Code, "code") : Code,
        Message = Status == ReplyStatus.Rejected ? ReplyJson.Required(Message, "message") : Message,
        ReplyJson = Reply,
        Repeated = Repeated,
        ReplyLeftOut = ReplyLeftOut,
    };

    public readonly TransactionStatus ToEnd() => new()
    {
        State = ReplyJson.StateOf(ReplyJson.Required(State, "state")), Code = Code, Message = Message, ReplyJson = Reply,
    };

    public readonly QueryAnswer ToAnswer() => new(ReplyJson.Required(Version, "version"), ReplyJson.Required(Answer, "answer"));
}
