using Phoenix.Publishing;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>The position moves over what is acknowledged, and never over what is not.</summary>
public sealed class DeliveryWindowTests
{
    private readonly DeliveryWindow _window = new(10, maxMessages: 2, maxBytes: 100);

    [Fact]
    public void an_acknowledgement_out_of_order_waits_for_those_before_it()
    {
        var (first, second) = (Sent(11), Sent(12));
        _window.Pass(15);
        _window.Remove(second, 1);
        Assert.Equal(10, _window.Done);
        _window.Remove(first, 1);
        Assert.Equal(15, _window.Done);
    }

    [Fact]
    public void an_event_counts_when_all_its_messages_are_acknowledged()
    {
        var entry = _window.Begin(11);
        _window.Add(entry, 1);
        _window.Add(entry, 1);
        _window.Remove(entry, 1);
        _window.End(entry);
        Assert.Equal(10, _window.Done);
        _window.Remove(entry, 1);
        Assert.Equal(11, _window.Done);
    }

    [Fact]
    public void an_event_that_is_still_being_handed_over_does_not_count()
    {
        var entry = _window.Begin(11);
        _window.Add(entry, 1);
        _window.Remove(entry, 1);
        Assert.Equal(10, _window.Done);
        _window.End(entry);
        Assert.Equal(11, _window.Done);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public async Task there_is_room_for_so_many_messages_and_bytes(int bytes)
    {
        var (first, second) = (Sent(11, bytes), Sent(12, bytes));
        var room = _window.RoomAsync(TestContext.Current.CancellationToken);
        Assert.False(room.IsCompleted);
        _window.Remove(second, bytes);
        await room;
        var empty = _window.EmptyAsync(TestContext.Current.CancellationToken);
        Assert.False(empty.IsCompleted);
        _window.Remove(first, bytes);
        await empty;
    }

    private DeliveryWindow.Entry Sent(long sequence, int bytes = 1)
    {
        var entry = _window.Begin(sequence);
        _window.Add(entry, bytes);
        _window.End(entry);
        return entry;
    }
}
