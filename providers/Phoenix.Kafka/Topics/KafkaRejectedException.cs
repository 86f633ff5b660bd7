namespace Phoenix.Kafka;

/// <summary>The broker, or the client before it, refused a request for good: trying again without a change fails again.</summary>
[GenerateSerializer, Alias("phoenix.kafka.rejected")]
public sealed class KafkaRejectedException : Exception
{
    /// <summary>Code of records that are larger than the topic, the broker or the client takes.</summary>
    public const string TooLarge = "too-large";

    /// <summary>Code of records for a topic, or a partition of it, that does not exist.</summary>
    public const string UnknownTopic = "unknown-topic";

    /// <summary>Code of records that the broker refuses for another reason, such as one without a key in a compacted topic.</summary>
    public const string Refused = "refused";

    /// <summary>Code of a letter whose original record is gone from the topic it stood in.</summary>
    public const string OriginalGone = "original-gone";

    /// <summary>Code of topics that this user may not create, or not describe.</summary>
    public const string NotPermitted = "topic-not-permitted";

    /// <summary>Names the refusal.</summary>
    /// <param name="code">Stable code: one of those above, <c>not-authorized</c> or <c>topic-missing</c>.</param>
    /// <param name="message">What was found and what to do.</param>
    /// <param name="cause">What the client reported.</param>
    public KafkaRejectedException(string code, string message, Exception? cause = null) : base(message, cause) => Code = code;

    /// <summary>Stable code of the refusal.</summary>
    [Id(0)]
    public string Code { get; }
}
