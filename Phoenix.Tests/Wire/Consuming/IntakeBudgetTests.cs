using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>The limit that the partitions of a silo share.</summary>
public sealed class IntakeBudgetTests
{
    [Fact]
    public void only_those_above_their_share_pause_when_all_is_used()
    {
        var budget = new IntakeBudget(maxRecords: 100, maxBytes: 1_000);
        for (var i = 0; i < 4; i++) budget.Join();
        Assert.False(budget.IsOver(90, 0));
        budget.Add(90, 0);
        Assert.False(budget.IsOver(90, 0));
        budget.Add(10, 0);

        Assert.True(budget.IsOver(90, 0));
        Assert.False(budget.IsOver(10, 0));
        Assert.False(budget.HasRoom(80, 0));
    }

    [Fact]
    public void bytes_count_like_records()
    {
        var budget = new IntakeBudget(maxRecords: 100, maxBytes: 1_000);
        budget.Join();
        budget.Join();
        budget.Add(2, 1_000);

        Assert.True(budget.IsOver(1, 600));
        Assert.False(budget.IsOver(1, 400));
    }

    [Fact]
    public void what_is_given_up_is_free_for_others()
    {
        var budget = new IntakeBudget(maxRecords: 100, maxBytes: 1_000);
        budget.Join();
        budget.Join();
        budget.Add(100, 0);
        Assert.True(budget.IsOver(50, 0));

        budget.Add(-50, 0);
        budget.Leave();

        Assert.False(budget.IsOver(50, 0));
        Assert.True(budget.HasRoom(50, 0));
    }
}
