using System.Text;
using Phoenix.DeadLetters;
using Phoenix.EventStore;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.DeadLetters;

/// <summary>A letter is kept with its bytes, whatever they are, and is the same when it is taken out again.</summary>
public sealed class LetterRowsTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly KafkaTopic Topic = new("shop.account", "p.shop.account.commands");

    private static KafkaMessage Letter => new()
    {
        Topic = "p.shop.account.dead-letter",
        Partition = 2,
        Offset = 17,
        TopicIncarnation = "a:life",
        Timestamp = Now.AddMinutes(-1),
        RawKey = "ann"u8.ToArray(),
        RawBody = new byte[] { 0, 255, 128 },
        Headers =
        [
            new("ce_id", "c-1"), new("x", new byte[] { 0xC3, 0x28 }), new("x", (ReadOnlyMemory<byte>?)null), new("own", "kept"),
            new(DeadLetterHeaders.Id, "life:1:5:99"), new(DeadLetterHeaders.Reason, "handler-failed"),
                new(DeadLetterHeaders.Message, "It\0failed."),
            new(DeadLetterHeaders.Topic, "p.shop.account.commands"), new(DeadLetterHeaders.Partition, "1"),
                new(DeadLetterHeaders.Offset, "5"),
            new(DeadLetterHeaders.Time, "2026-05-01T11:59:30.1234567+00:00"),
        ],
    };

    [Fact]
    public void a_letter_that_fits_is_the_same_again()
    {
        var row = LetterRows.Of(Letter, Topic, 1024, Now);
        Assert.Equal(new LetterPlace("p.shop.account.dead-letter", "a:life", 2, 17), row.Place);
        Assert.Equal(
            (LetterKind.Command, "shop.account", "ann", "handler-failed", "It\uFFFDfailed.", "life:1:5:99", "p.shop.account.commands", 1,
                5L, 3, true),
            (row.Kind, row.Name, row.KeyText, row.Reason, row.Message, row.LetterId, row.OriginTopic, row.OriginPartition,
                row.OriginPosition, row.BodyBytes, row.Whole));
        Assert.Equal(new DateTimeOffset(2026, 5, 1, 11, 59, 30, TimeSpan.Zero).AddTicks(1_234_560), row.DeadSince);

        var again = LetterRows.MessageOf(row);
        Assert.Equal(Letter.RawKey!.Value.ToArray(), again.RawKey!.Value.ToArray());
        Assert.Equal(Letter.RawBody!.Value.ToArray(), again.RawBody!.Value.ToArray());
        Assert.Equal(
            Letter.Headers.Select(header => (header.Name, header.Value is { } value ? Convert.ToHexString(value.Span) : null)),
            again.Headers.Select(header => (header.Name, header.Value is { } value ? Convert.ToHexString(value.Span) : null)));
    }

    [Fact]
    public void nothing_is_made_of_what_is_not_there()
    {
        var row = LetterRows.Of(Letter with { RawKey = null, RawBody = null, Headers = [] }, Topic, 1024, Now);
        Assert.Equal((null, null, null, "", "", -1, -1L), (row.Key, row.Body, row.BodyBytes, row.KeyText, row.Reason, row.OriginPartition,
            row.OriginPosition));
        Assert.Equal(Letter.Timestamp, row.DeadSince);
        Assert.Null(LetterRows.MessageOf(row).RawKey);
        Assert.Null(LetterRows.MessageOf(row).RawBody);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("2199-01-01T00:00:00Z")]
    public void a_time_that_cannot_be_is_the_records(string time) =>
        Assert.Equal(Letter.Timestamp, LetterRows.Of(Letter with { Headers = [new(DeadLetterHeaders.Time, time)] }, Topic, 1024, Now)
            .DeadSince);

    [Fact]
    public void a_letter_that_is_too_large_is_kept_with_its_beginnings_and_known_again_in_its_topic()
    {
        var large = Letter with { RawBody = Encoding.UTF8.GetBytes(new string('x', 10_000)) };
        var row = LetterRows.Of(large, Topic, 1024, Now);
        Assert.Equal((false, 4096, 10_000), (row.Whole, row.Body!.Length, row.BodyBytes));
        Assert.DoesNotContain(LetterRows.HeadersOf(row), header => header.Name == "own");
        Assert.True(LetterRows.IsSame(row, large));
        Assert.False(LetterRows.IsSame(row, large with { Headers = [.. large.Headers, new(DeadLetterHeaders.Id, "life:1:6:99")] }));
    }

    [Fact]
    public void an_id_names_its_letter_and_nonsense_names_none()
    {
        LetterName[] names =
        [
            LetterIds.NameOf(LetterRows.Of(Letter, Topic, 1024, Now)), new(
                LetterKind.Timer, "shop.account/a/b", "näme", 0, Guid.NewGuid().ToString()),
            new(LetterKind.Transaction, "shop.transfer/t", "", 3),
        ];
        Assert.All(names, name => Assert.Equal(name, LetterIds.Read(LetterIds.Of(name))));
        Assert.Equal(new LetterPlace("p.shop.account.dead-letter", "a:life", 2, 17), names[0].Place);
        Assert.Null(names[1].Place);
        Assert.Matches("^[A-Za-z0-9_-]+$", LetterIds.Of(names[1]));
        foreach (var bad in (string[])["", "x", "!!!!", "W10", "eyJhIjoxfQ", LetterIds.Of(new LetterName((LetterKind)99, "a", "b", 1)),
            LetterIds.Of(new LetterName(LetterKind.Timer, "a\0", "b", 1))])
            Assert.Throws<ArgumentException>(() => LetterIds.Read(bad));
        foreach (var bad in (string[])["", "x", "W10", LetterIds.Of(names[0])])
        {
            Assert.Throws<ArgumentException>(() => LetterIds.ReadPlace(bad));
            Assert.Throws<ArgumentException>(() => LetterIds.ReadAuditPlace(bad));
        }
    }

    [Fact]
    public void a_filter_that_means_nothing_is_refused()
    {
        Assert.Equal(LetterState.Open, LetterFilters.Read(new()).State);
        Assert.Null(LetterFilters.Read(new() { State = "all" }).State);
        LetterFilter[] bad =
        [
            new() { Kind = "Command" }, new() { Kind = "letters" }, new() { State = "done" }, new() { State = "" }, new() { Key = "a\0" },
            new() { Since = Now, Until = Now },
        ];
        Assert.All(bad, filter => Assert.Throws<ArgumentException>(() => LetterFilters.Read(filter)));
        LetterFilter[] notMany = [new() { State = "discarded" }, new() { State = "all" }, new() { Kind = "publication" },
            new() { Kind = "transaction" }];
        Assert.All(notMany, filter => Assert.Throws<ArgumentException>(() => LetterFilters.ReadMany(filter)));
        Assert.DoesNotContain(LetterKind.Publication, LetterFilters.ReadMany(new()).Kinds!);
        foreach (var reason in (string[])["", " ", new string('x', 501), "\0"])
            Assert.Throws<ArgumentException>(() => LetterFilters.Checked(new(reason)));
    }
}
