using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>A list of dead letters holds as much as it shows, however many and large the letters are.</summary>
public sealed class NewestLettersTests
{
    [Fact]
    public void only_the_newest_are_kept_and_come_newest_first()
    {
        var newest = new NewestLetters(3);
        foreach (var second in (int[])[5, 1, 9, 3, 7, 2]) newest.Add(Letter(second, 1));
        Assert.Equal([9, 7, 5], newest.ToList().Select(letter => letter.Beginning.Timestamp.ToUnixTimeSeconds()));
    }

    [Fact]
    public void of_a_large_letter_the_beginning_is_kept_and_its_size()
    {
        var newest = new NewestLetters(1);
        newest.Add(Letter(1, 1_000_000, new("colour", new byte[1_000_000]), new("deadletterreason", "too-large"u8.ToArray()), new("ce_id", new byte[1_000_000])));

        var kept = Assert.Single(newest.ToList());
        Assert.Equal((1_000_000, ListedLetter.MaxBytes), (kept.BodyBytes, kept.Beginning.Body.Length));
        Assert.Equal(["deadletterreason", "ce_id"], kept.Beginning.Headers.Select(header => header.Name));
        Assert.All(kept.Beginning.Headers, header => Assert.True(header.Value?.Length <= ListedLetter.MaxBytes));
    }

    private static KafkaMessage Letter(int second, int bytes, params Header[] headers)
    {
        var record = new Message<byte[]?, byte[]?> { Key = "k"u8.ToArray(), Value = new byte[bytes], Headers = [], Timestamp = new(second * 1_000L, TimestampType.CreateTime) };
        foreach (var header in headers) record.Headers.Add(header);
        return CloudEventCodec.Decode(new() { Topic = "letters", Partition = 0, Offset = second, Message = record }, "");
    }
}
