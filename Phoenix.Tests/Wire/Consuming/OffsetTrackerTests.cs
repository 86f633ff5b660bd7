using CsCheck;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>The committed position never passes a record that is not done (guarantee 6).</summary>
public sealed class OffsetTrackerTests
{
    [Fact]
    public void the_prefix_is_that_of_a_simple_model_for_any_order_of_completions()
    {
        var step = Gen.Select(Gen.Bool, Gen.Frequency((20, Gen.Long[1, 2]), (3, Gen.Long[1, 200]), (1, Gen.Long[1, 5_000])), Gen.Int[0, 1_000]);
        Gen.Select(Gen.Long[0, 1_000], step.Array[0, 400]).Sample((start, steps) =>
        {
            var tracker = new OffsetTracker(start);
            var pending = new SortedSet<long>();
            var next = start;
            foreach (var (add, gap, pick) in steps)
            {
                if (add || pending.Count == 0)
                {
                    next += gap - 1;
                    tracker.Add(next);
                    pending.Add(next);
                    next++;
                }
                else
                {
                    var done = pending.ElementAt(pick % pending.Count);
                    Assert.True(tracker.Done(done));
                    Assert.False(tracker.Done(done));
                    pending.Remove(done);
                }
                Assert.Equal(pending.Count == 0 ? next : pending.Min, tracker.Prefix);
                Assert.Equal(pending.Count, tracker.Pending);
                Assert.Equal(next, tracker.End);
            }
        });
    }

    [Fact]
    public void one_stuck_record_holds_the_prefix_while_a_million_overtake_it()
    {
        var tracker = new OffsetTracker(7);
        tracker.Add(7);
        for (var offset = 8; offset < 1_000_008; offset++)
        {
            tracker.Add(offset);
            tracker.Done(offset);
        }
        Assert.Equal(7, tracker.Prefix);
        tracker.Done(7);
        Assert.Equal(1_000_008, tracker.Prefix);
    }

    [Fact]
    public void what_is_passed_is_no_record_and_holds_nothing()
    {
        var tracker = new OffsetTracker(0);
        tracker.Add(0);
        tracker.Add(3);
        tracker.Pass(5_000);
        tracker.Pass(10);
        tracker.Done(0);
        Assert.Equal((3, 5_000), (tracker.Prefix, tracker.End));
        tracker.Add(6_000);
        tracker.Done(3);
        Assert.Equal(6_000, tracker.Prefix);
        tracker.Done(6_000);
        tracker.Pass(6_002);
        Assert.Equal((6_002, 6_002), (tracker.Prefix, tracker.End));
    }

    [Fact]
    public void completions_of_unknown_offsets_have_no_effect()
    {
        var tracker = new OffsetTracker(10);
        tracker.Add(12);
        Assert.False(tracker.Done(11));
        Assert.False(tracker.Done(13));
        Assert.False(tracker.Done(1));
        Assert.Equal(12, tracker.Prefix);
    }
}
