namespace Phoenix.Kafka;

/// <summary>Names of the record headers that the CloudEvents 1.0 Kafka binding (binary mode) and this provider give a meaning to.</summary>
public static class CloudEventHeaders
{
    /// <summary>CloudEvents version, always <c>1.0</c>.</summary>
    public const string SpecVersion = "ce_specversion";

    /// <summary>Command or event id; optional on input.</summary>
    public const string Id = "ce_id";

    /// <summary>Logical name, for example <c>shop.withdraw</c> or <c>shop.withdraw_v2</c>.</summary>
    public const string Type = "ce_type";

    /// <summary>Who produced the record.</summary>
    public const string Source = "ce_source";

    /// <summary>When it was produced, RFC 3339; optional.</summary>
    public const string Time = "ce_time";

    /// <summary>Media type of the body.</summary>
    public const string ContentType = "content-type";

    /// <summary>Topic that a reply is wanted on.</summary>
    public const string ReplyTo = "replyto";

    /// <summary>Partition of <see cref="ReplyTo"/>, a decimal number.</summary>
    public const string ReplyPartition = "replypartition";

    /// <summary>Text a reply carries back unchanged.</summary>
    public const string CorrelationId = "correlationid";

    /// <summary>W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>Reserved for the authenticated sender.</summary>
    public const string Principal = "principal";

    /// <summary>Whether a header has a meaning of its own, that is, is not a user header.</summary>
    /// <param name="name">Header name as it stands in the record.</param>
    public static bool IsReserved(string name) => name is
        SpecVersion or Id or Type or Source or Time or ContentType or ReplyTo or ReplyPartition or CorrelationId or TraceParent or Principal;
}
