using Phoenix.EventStore.Publishing;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>The gap proof as a rule: what two looks prove, and what they do not.</summary>
public sealed class SafePositionTests
{
    private static readonly LockedAppend A = new("3/40", 100);
    private static readonly LockedAppend B = new("4/7", 101);
    private readonly SafePosition _position = new();

    [Fact]
    public void without_a_holder_everything_that_was_drawn_is_safe() => Assert.Equal((12, null), Look(12));

    [Fact]
    public void a_holder_that_is_met_at_the_first_look_may_have_drawn_any_number() => Assert.Equal((0, A), Look(12, A));

    [Fact]
    public void a_holder_that_was_not_there_at_the_last_look_has_drawn_nothing_up_to_the_end_then()
    {
        Look(12);
        Assert.Equal((12, A), Look(15, A));
    }

    [Fact]
    public void an_old_holder_holds_up_what_younger_ones_have_stored_and_nothing_more()
    {
        Look(12);
        Look(15, A);
        Assert.Equal((12, A), Look(20, A, B));
        Assert.Equal((15, B), Look(30, B));
        Assert.Equal((40, null), Look(40));
    }

    [Fact]
    public void the_same_session_with_its_next_transaction_is_another_holder()
    {
        Look(12);
        Look(15, A);
        Assert.Equal((15, new("3/41", 100)), Look(20, new LockedAppend("3/41", 100)));
    }

    [Fact]
    public void a_transaction_that_was_prepared_goes_on_holding_what_it_held_before()
    {
        Look(12);
        Look(15, A);
        Look(20, A, B);
        var prepared = new LockedAppend("-1/731", null);
        Assert.Equal((12, prepared), Look(25, B, prepared));
        Assert.Equal((15, B), Look(30, B));
    }

    [Fact]
    public void a_sequence_that_went_back_proves_nothing_any_more()
    {
        Look(12);
        Assert.False(_position.Observe(5, []));
        Assert.Equal((0, 0), (_position.Safe, _position.End));
        Assert.Equal((0, A), Look(5, A));
        Assert.Equal((6, null), Look(6));
    }

    private (long Safe, LockedAppend? HeldUpBy) Look(long end, params LockedAppend[] holders)
    {
        Assert.True(_position.Observe(end, holders));
        return (_position.Safe, _position.HeldUpBy);
    }
}
