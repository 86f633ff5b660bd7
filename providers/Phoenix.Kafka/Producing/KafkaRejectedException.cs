namespace Phoenix.Kafka;

/// <summary>The broker, or the client before it, refused a request for good: trying again without a change fails again.</summary>
[GenerateSerializer, Alias("phoenix.kafka.rejected")]
public sealed class KafkaRejectedException : Exception
{
    /// <summary>Names the refusal.</summary>
    /// <param name="code">Stable code: <c>too-large</c>, <c>unknown-topic</c>, <c>not-authorized</c>, <c>topic-not-permitted</c>, <c>topic-missing</c> or <c>refused</c>.</param>
    /// <param name="message">What was found and what to do.</param>
    /// <param name="cause">What the client reported.</param>
    public KafkaRejectedException(string code, string message, Exception? cause = null) : base(message, cause) => Code = code;

    /// <summary>Stable code of the refusal.</summary>
    [Id(0)]
    public string Code { get; }
}
