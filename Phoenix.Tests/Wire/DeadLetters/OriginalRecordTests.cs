using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire.DeadLetters;

/// <summary>A dead letter tells its record whole, with the identity from which ids of commands come.</summary>
public sealed class OriginalRecordTests
{
    [Theory]
    [InlineData("hE3FqYyWQ0u")]
    [InlineData("cluster:with:colons")]
    public void a_record_is_made_again_from_its_letter(string incarnation)
    {
        var record = Record(incarnation);
        var original = OriginalRecord.Of(Letter(record));
        Assert.Equal(
            (record.Topic, record.Partition, record.Offset, record.Timestamp, record.TopicIncarnation, RecordIdentity.Of(record)),
            (original.Topic, original.Partition, original.Offset, original.Timestamp, original.TopicIncarnation, RecordIdentity.Of(original)));
        Assert.Equal(record.RawKey!.Value.ToArray(), original.RawKey!.Value.ToArray());
        Assert.Equal(record.RawBody!.Value.ToArray(), original.RawBody!.Value.ToArray());
        Assert.Equal(["own"], original.Headers.Select(header => header.Name));
    }

    [Theory]
    [InlineData(DeadLetterHeaders.Offset, "8", "contradicts itself")]
    [InlineData(DeadLetterHeaders.Partition, "x", "does not say which record")]
    [InlineData(DeadLetterHeaders.Id, "nonsense", "does not say which record")]
    [InlineData(DeadLetterHeaders.LeftOut, "body", "too large to be written whole")]
    public void a_letter_that_does_not_fit_is_refused(string header, string value, string why)
    {
        var letter = Letter(Record("i"));
        letter = letter with { Headers = [.. letter.Headers, new(header, value)] };
        var refused = Assert.Throws<KafkaRejectedException>(() => OriginalRecord.Of(letter));
        Assert.Equal(KafkaRejectedException.OriginalGone, refused.Code);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    private static KafkaMessage Record(string incarnation) => new()
    {
        Topic = "payments",
        Partition = 2,
        Offset = 7,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
        TopicIncarnation = incarnation,
        RawKey = new byte[] { 0xfe },
        RawBody = "hello"u8.ToArray(),
        Headers = [new("own", "x")],
    };

    // As the broker gives it back.
    private static KafkaMessage Letter(KafkaMessage record)
    {
        var letter = new DeadLetter(record, new("handler-failed", "It failed."), DateTimeOffset.UnixEpoch).Without(LeftOut.Nothing, "letters");
        return new()
        {
            Topic = "letters",
            Partition = 0,
            Offset = 0,
            Timestamp = DateTimeOffset.UnixEpoch,
            TopicIncarnation = "",
            RawKey = letter.RawKey,
            RawBody = letter.Body,
            Headers = letter.Headers,
        };
    }
}
