using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

public sealed class StartPositionTests
{
    [Fact]
    public void without_a_committed_offset_reading_starts_at_the_oldest_record() =>
        Assert.Equal(new StartPosition(40), StartPosition.Decide(committed: null, low: 40, end: 90));

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(90)]
    public void a_committed_offset_within_the_log_is_where_reading_starts(long committed) =>
        Assert.Equal(new StartPosition(committed), StartPosition.Decide(committed, low: 40, end: 90));

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
