using Phoenix.EventStore;
using Phoenix.EventStore.Projecting;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>What is wrong is told from what one side has not heard yet, while both go on.</summary>
public sealed class RowDifferencesTests
{
    private static readonly RowDifference Row = new("t", "a", "1", "2");
    private readonly RowDifferences _found = new();

    [Fact]
    public void sides_at_one_place_have_nothing_more_to_hear()
    {
        _found.Look(7, 7, [Row]);
        Assert.Equal([Row], _found.Wrong);
        Assert.False(_found.IsOpen);
    }

    [Fact]
    public void a_row_that_stays_so_is_wrong_when_both_have_passed_the_further_place_of_the_first_look()
    {
        _found.Look(5, 9, [Row]);
        Assert.True(_found.IsOpen);
        _found.Look(8, 12, [Row]);
        Assert.Empty(_found.Wrong);
        _found.Look(9, 15, [Row]);
        Assert.Equal([Row], _found.Wrong);
        Assert.False(_found.IsOpen);
    }

    [Fact]
    public void a_row_that_comes_to_agree_was_only_late_and_one_that_differs_later_is_not_looked_for()
    {
        _found.Look(5, 9, [Row]);
        _found.Look(9, 10, [new("t", "b", null, "1")]);
        Assert.Empty(_found.Wrong);
        Assert.False(_found.IsOpen);
    }

    [Fact]
    public void a_row_that_differs_in_another_way_each_time_stays_open()
    {
        _found.Look(5, 9, [Row]);
        _found.Look(9, 12, [Row with { Found = "2", Expected = "3" }]);
        _found.Look(12, 14, [Row with { Found = "3", Expected = "4" }]);
        Assert.Empty(_found.Wrong);
        Assert.Equal(1, _found.Open);
    }

    [Fact]
    public void nothing_that_differs_is_nothing_wrong()
    {
        _found.Look(5, 9, []);
        Assert.False(_found.IsOpen);
        Assert.Empty(_found.Wrong);
    }
}
