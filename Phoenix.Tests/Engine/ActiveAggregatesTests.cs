using Phoenix.Aggregates;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>Who leaves when more aggregates are active than may be.</summary>
public sealed class ActiveAggregatesTests
{
    private readonly ActiveAggregates _active = new(new() { MaxActive = 3 });

    [Fact]
    public void the_one_that_was_not_used_for_longest_leaves()
    {
        var (first, second, third) = (Enter(), Enter(), Enter());
        _active.Use(first.Place);
        Enter();
        Assert.Equal([false, true, false], Retired(first, second, third));
        Enter();
        Assert.Equal([false, true, true], Retired(first, second, third));
        Assert.Equal(3, _active.Count);
    }

    [Fact]
    public void a_busy_one_is_passed_over_and_takes_its_turn_later()
    {
        var (busy, idle) = (Enter(), Enter());
        Enter();
        busy.IsBusy = true;
        Enter();
        Assert.Equal([false, true], Retired(busy, idle));
        busy.IsBusy = false;
        Enter();
        Enter();
        Assert.True(busy.IsRetired);
    }

    [Fact]
    public void when_all_are_busy_none_leaves_and_the_surplus_goes_when_they_are_done()
    {
        var all = Enumerable.Range(0, 5).Select(_ => Enter()).ToList();
        Assert.Equal(2, all.Count(one => one.IsRetired));
        all.ForEach(one => one.IsBusy = true);
        all.AddRange(Enumerable.Range(0, 4).Select(_ => Enter(isBusy: true)));
        Assert.Equal(7, _active.Count);
        all.ForEach(one => one.IsBusy = false);
        Enter();
        Assert.Equal(3, _active.Count);
    }

    [Fact]
    public void one_that_left_by_itself_makes_room()
    {
        var (gone, left) = (Enter(), Enter());
        Enter();
        _active.Leave(gone.Place);
        _active.Leave(gone.Place);
        _active.Use(gone.Place);
        Enter();
        Assert.Equal([false, false], Retired(gone, left));
        Assert.Equal(3, _active.Count);
    }

    private Member Enter(bool isBusy = false)
    {
        var member = new Member { IsBusy = isBusy };
        member.Place = _active.Enter(member);
        return member;
    }

    private static bool[] Retired(params Member[] members) => [.. members.Select(member => member.IsRetired)];

    private sealed class Member : IActiveAggregate
    {
        public LinkedListNode<IActiveAggregate> Place { get; set; } = null!;

        public bool IsBusy { get; set; }

        public bool IsRetired { get; private set; }

        public void Retire() => IsRetired = true;
    }
}
