using Phoenix.EventStore;
using Phoenix.EventStore.Due;
using Xunit;

namespace Phoenix.Tests.Due;

/// <summary>Several changes to one name in one commit are one.</summary>
public sealed class DueChangesTests
{
    private static readonly DueReference Delivered = new("alarm", Guid.NewGuid(), 3);
    private readonly DueChanges _changes = new();

    [Fact]
    public void the_last_of_several_changes_to_a_name_counts()
    {
        var (first, second) = (DueRows.New("alarm"), DueRows.New("alarm"));
        _changes.Set(first);
        _changes.Remove("alarm");
        _changes.Set(second);
        _changes.Set(DueRows.New("other"));
        _changes.Remove("other");

        Assert.Equal(new DueChange(DueEnd.Set, second, null), _changes.ByName["alarm"]);
        Assert.Equal(new DueChange(DueEnd.Removed, null, null), _changes.ByName["other"]);
    }

    [Fact]
    public void what_a_delivery_expects_stays_whatever_comes_after_it()
    {
        _changes.Deliver(Delivered);
        Assert.Equal(new DueChange(DueEnd.Delivered, null, Delivered), _changes.ByName["alarm"]);
        var next = DueRows.New("alarm");
        _changes.Set(next);
        Assert.Equal(new DueChange(DueEnd.Set, next, Delivered), _changes.ByName["alarm"]);
        _changes.Remove("alarm");
        Assert.Equal(new DueChange(DueEnd.Removed, null, Delivered), _changes.ByName["alarm"]);
    }

    [Fact]
    public void a_delivery_behind_a_change_of_its_name_is_refused()
    {
        _changes.Remove("alarm");
        Assert.True(_changes.Touches("alarm"));
        Assert.Throws<InvalidOperationException>(() => _changes.Deliver(Delivered));
        Assert.Equal(new DueChange(DueEnd.Removed, null, null), _changes.ByName["alarm"]);
    }

    [Fact]
    public void an_id_differs_with_each_part_of_the_row_and_with_nothing_else()
    {
        var (stream, row) = ("a/1", Delivered);
        Guid[] ids =
        [
            DueIdentity.Of(stream, row), DueIdentity.Of("a/2", row), DueIdentity.Of(stream, row with { Name = "alarms" }), DueIdentity.Of(stream, row with { Occurrence = 4 }),
            DueIdentity.Of(stream, row with { Generation = Guid.NewGuid() }), DueIdentity.Of("a/1alarm", row with { Name = "" }),
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal(ids[0], DueIdentity.Of(stream, row));
        Assert.True(CommandIdentity.IsUuid(ids[0].ToString()));
        // Told to the ledger for ever: a row that one build wrote has the same id in the next.
        Assert.Equal("00000001-0002-87a3-8ebc-e2a736df65f8", DueIdentity.Of("shop.account/a-1", new("alarm", new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), 2)).ToString());
    }
}
