namespace Phoenix.Kafka;

/// <summary>Headers that a dead letter carries after all headers of the original record.</summary>
public static class DeadLetterHeaders
{
    /// <summary>What the names of all of them begin with.</summary>
    public const string Prefix = "deadletter";

    /// <summary>The same for every dead letter of one record: its <see cref="RecordIdentity"/>.</summary>
    public const string Id = "deadletterid";

    /// <summary><see cref="DeadLetterReason.Code"/>.</summary>
    public const string Reason = "deadletterreason";

    /// <summary><see cref="DeadLetterReason.Message"/>.</summary>
    public const string Message = "deadlettermessage";

    /// <summary>Topic of the original record.</summary>
    public const string Topic = "deadlettertopic";

    /// <summary>Partition of the original record.</summary>
    public const string Partition = "deadletterpartition";

    /// <summary>Offset of the original record.</summary>
    public const string Offset = "deadletteroffset";

    /// <summary>When the letter was written, RFC 3339.</summary>
    public const string Time = "deadlettertime";

    /// <summary>
    /// Only in a letter about one of very many messages of the record: its stream, as <c>namespace/key</c>. There are as many letters of
    /// one record as such messages were refused.
    /// </summary>
    public const string Target = "deadlettertarget";

    /// <summary>Only beside <see cref="Target"/>: the message's place among what the record becomes.</summary>
    public const string Ordinal = "deadletterordinal";

    /// <summary>
    /// Only in a letter that its topic did not take whole: <c>key</c> (the topic wants one, and the record had none), <c>body</c>, or
    /// <c>body headers</c>.
    /// </summary>
    public const string LeftOut = "deadletterleftout";

    /// <summary>Only in a letter without its body: the number of bytes it had.</summary>
    public const string BodyBytes = "deadletterbodybytes";
}
