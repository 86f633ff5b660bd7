using Confluent.Kafka;
using CsCheck;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>
/// Guarantees 6 and 7: whatever a broker can hold is taken in as a record or a refusal, and holds the position until it is done.
/// </summary>
public sealed class RecordReadingTests
{
    private static readonly KafkaStreamOptions Options = new() { MaxMessageBytes = 50 };
    private static readonly TopicDescription Named = new("topic", "6b0d0d5c-6a52-4a39-9d8c-0b0a7c1f2e3d", 1, HasTopicId: true);

    private static readonly Gen<byte[]?> Bytes = Gen.Frequency(
        (1, Gen.Const((byte[]?)null)), (4, Gen.Byte.Array[0, 60]!), (2, Gen.String[0, 60].Select(System.Text.Encoding.UTF8.GetBytes)!));

    private static readonly Gen<long> Times = Gen.Frequency((4, Gen.Long), (1, Any(long.MinValue, -1L, 0L, 253_402_300_799_999L, 253_402_300_800_000L, long.MaxValue)));

    private static readonly Gen<(string, byte[]?)> Header = Gen.Select(
        Gen.Frequency((1, Any("ce_id", "ce_type", "ce_time", "replypartition", "traceparent", "", "\0")), (1, Gen.String[0, 20])), Bytes);

    private static readonly Gen<Message<byte[]?, byte[]?>> Record = Gen.Select(Bytes, Bytes, Times, Header.Array[0, 6], Gen.Bool).Select((key, value, time, headers, bare) =>
    {
        var all = new Headers();
        foreach (var (name, content) in headers)
            all.Add(name, content);
        return new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = bare ? null : all, Timestamp = new Timestamp(time, TimestampType.CreateTime) };
    });

    [Fact]
    public void every_record_is_taken_in_and_moves_the_position_when_it_is_done()
    {
        Gen.Select(Record.Array[1, 30], Gen.Bool).Sample((records, told) =>
        {
            var intake = Intake();
            var life = new PartitionLife(Named with { HasTopicId = told }, 0, 0);
            intake.Begin(life);
            var refused = new List<CachedRecord>();
            for (var offset = 0; offset < records.Length; offset++)
            {
                Assert.True(intake.Accept(Consumed(records[offset], offset), out var record, out var reason));
                Assert.Equal(record is null, reason is null);
                if (record is not null)
                    refused.Add(record);
            }
            Assert.Equal((records.Length, 0L), intake.Progress);

            refused.AddRange(intake.Confirm(life, records.Length).Select(each => each.Record));
            var delivered = intake.TakeAsync(0, CancellationToken.None).Result.Cast<CachedRecord>().ToList();
            Assert.Equal(records.Length, refused.Count + delivered.Count);
            foreach (var record in refused.Concat(delivered))
            {
                Assert.NotEmpty(RecordIdentity.Of(record.Message!));
                Assert.NotNull(CloudEventCodec.Encode(KafkaRecord.Copy(record.Message!, "elsewhere")));
                intake.PutAside(record);
            }
            Assert.Equal((0L, (long)records.Length), intake.Progress);
        });
    }

    [Fact]
    public async Task records_without_an_id_and_those_behind_them_wait_until_their_life_is_confirmed()
    {
        var intake = Intake();
        var life = new PartitionLife(Named, 0, 0);
        intake.Begin(life);
        Take(intake, 0, "a", id: "1");
        Take(intake, 1, "b", id: null);
        Take(intake, 2, "a", id: "2");
        Assert.Equal([0L], await OffsetsAsync(intake));
        var (held, below) = intake.Held!.Value;
        Take(intake, 3, "a", id: "3");
        Assert.Empty(intake.Confirm(held, below));
        Assert.Equal([1L, 2L], await OffsetsAsync(intake));
        Assert.NotNull(intake.Held);
        Assert.Empty(intake.Confirm(life, 4));
        Assert.Equal([3L], await OffsetsAsync(intake));
        Assert.Null(intake.Held);
    }

    [Fact]
    public async Task what_waits_when_a_life_ends_is_not_delivered_and_counts_no_more()
    {
        var intake = Intake();
        var (first, second) = (new PartitionLife(Named, 0, 0), new PartitionLife(Named with { Incarnation = "other" }, 0, 0));
        intake.Begin(first);
        Take(intake, 5, "a", id: null);
        intake.Begin(second);
        Assert.Empty(intake.Confirm(first, 6));
        Assert.Equal((0L, 0L), intake.Progress);
        Take(intake, 0, "a", id: "1");
        Assert.Equal([0L], await OffsetsAsync(intake));
        Assert.NotEqual(first.PositionMark, second.PositionMark);
    }

    [Fact]
    public void headers_count_in_the_bounds_of_memory()
    {
        var intake = Intake(new() { MaxUndecidedBytesPerPartition = 10_000 });
        intake.Begin(new PartitionLife(Named, 0, 0));
        Assert.False(intake.IsFull);
        Take(intake, 0, "a", id: new string('x', 10_000));
        Assert.True(intake.IsFull);
    }

    private static Gen<T> Any<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(place => values[place]);

    private static PartitionIntake Intake(KafkaStreamOptions? options = null) => new(
        new TopicPartition("topic", 0), new KafkaTopic("wire", "topic"), options ?? Options, new IntakeBudget(long.MaxValue, long.MaxValue), TimeProvider.System);

    private static void Take(PartitionIntake intake, long offset, string key, string? id)
    {
        var headers = new Headers();
        if (id is not null)
            headers.Add("ce_id", System.Text.Encoding.UTF8.GetBytes(id));
        Assert.True(intake.Accept(
            Consumed(new() { Key = System.Text.Encoding.UTF8.GetBytes(key), Value = [], Headers = headers, Timestamp = Timestamp.Default }, offset), out _, out _));
    }

    private static async Task<IEnumerable<long>> OffsetsAsync(PartitionIntake intake) =>
        (await intake.TakeAsync(0, CancellationToken.None)).Cast<CachedRecord>().Select(record => record.Offset);

    private static ConsumeResult<byte[]?, byte[]?> Consumed(Message<byte[]?, byte[]?> message, long offset) =>
        new() { Topic = "topic", Partition = 0, Offset = offset, Message = message };
}
