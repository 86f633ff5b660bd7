using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

public sealed class StartPositionTests
{
    private const int Mark = PartitionLife.LowestMark + 7;

    [Fact]
    public void without_a_committed_offset_reading_starts_at_the_oldest_record() =>
        Assert.Equal(new StartPosition(40), StartPosition.Decide(committed: null, low: 40, end: 90));

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(90)]
    public void a_committed_offset_within_the_log_is_where_reading_starts(long committed) =>
        Assert.Equal(new StartPosition(committed), StartPosition.Decide(committed, low: 40, end: 90));

    [Theory]
    [InlineData(null, Mark, 60)]
    [InlineData(Mark, Mark, 60)]
    [InlineData(Mark, null, 60)]
    [InlineData(Mark, Mark + 1, 40)]
    public void a_committed_offset_that_says_another_life_of_the_topic_is_none(int? mark, int? now, long expected)
    {
        var start = StartPosition.Decide(committed: 60, mark, now, low: 40, end: 90);
        Assert.Equal(expected, start.Offset);
        Assert.Equal(0, start.LostRecords);
        Assert.Equal(expected == 60, start.Loss is null);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(PartitionLife.LowestMark - 1)]
    public void a_committed_offset_with_the_epoch_of_a_leader_says_nothing_of_lives_and_is_believed(int epoch) =>
        Assert.Equal(new StartPosition(60), StartPosition.Decide(committed: 60, epoch, now: Mark, low: 40, end: 90));

    [Fact]
    public void records_that_retention_removed_unread_are_counted_as_lost()
    {
        var start = StartPosition.Decide(committed: 25, low: 40, end: 90);
        Assert.Equal(40, start.Offset);
        Assert.Equal(15, start.LostRecords);
        Assert.Contains("25 to 39", start.Loss, StringComparison.Ordinal);
    }

    [Fact]
    public void a_committed_offset_beyond_the_end_means_another_log_and_is_read_from_its_start()
    {
        var start = StartPosition.Decide(committed: 91, low: 0, end: 90);
        Assert.Equal(0, start.Offset);
        Assert.NotNull(start.Loss);
    }
}
