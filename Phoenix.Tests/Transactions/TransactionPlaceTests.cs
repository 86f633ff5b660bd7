using Phoenix.Coordination;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>Who gets a place among the transactions under way on a silo, and when it is given back.</summary>
public sealed class TransactionPlaceTests
{
    private readonly TransactionPlaces _places = new(new() { MaxUnderWay = 2 }, TimeProvider.System);

    [Fact]
    public void a_start_beyond_the_limit_is_refused_until_one_has_ended()
    {
        var (first, second, third) = (New(), New(), New());
        first.Begin();
        second.Begin();
        first.Decided(isStarted: true);
        first.Running();

        var busy = Assert.Throws<BusyException>(third.Begin);
        first.Over();
        third.Begin();

        Assert.Contains("Phoenix:Transactions:MaxUnderWay", busy.Message, StringComparison.Ordinal);
        Assert.InRange(busy.RetryAfter, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));
        Assert.Equal(2, _places.Count);
    }

    [Fact]
    public void a_start_that_was_refused_by_the_rules_keeps_no_place()
    {
        var place = New();
        place.Begin();
        place.Begin();
        place.Decided(isStarted: false);
        Assert.Equal(1, _places.Count);
        place.Decided(isStarted: false);
        Assert.Equal(0, _places.Count);
    }

    [Theory]
    [InlineData("decided, running, over")]
    [InlineData("running, decided, over")]
    [InlineData("running, over, decided")]
    public void one_that_was_started_keeps_its_place_until_it_is_over_in_whatever_order_that_is_heard(string order)
    {
        var place = New();
        place.Begin();
        foreach (var word in order.Split(", "))
        {
            Assert.Equal(1, _places.Count);
            if (word == "decided") place.Decided(isStarted: true);
            else if (word == "running") place.Running();
            else place.Over();
        }

        Assert.Equal(0, _places.Count);
    }

    [Fact]
    public void what_was_under_way_elsewhere_is_taken_up_beyond_the_limit()
    {
        var taken = Enumerable.Range(0, 5).Select(_ => New()).ToList();
        foreach (var place in taken) place.Running();
        Assert.Throws<BusyException>(New().Begin);
        foreach (var place in taken.Take(3)) place.Over();
        Assert.Throws<BusyException>(New().Begin);
        taken[3].Over();
        New().Begin();
    }

    [Fact]
    public async Task those_who_wait_get_places_in_their_order_and_one_that_leaves_gets_none()
    {
        var (first, second, leaving, next) = (New(), New(), New(), New());
        first.Running();
        second.Running();
        var left = leaving.BeginAsync();
        var waiting = next.BeginAsync();

        leaving.Stop();
        await Assert.ThrowsAsync<UnavailableException>(() => left);
        Assert.False(waiting.IsCompleted);
        first.Over();
        await waiting.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, _places.Count);
        second.Over();
        next.Stop();
        next.Decided(isStarted: true);
        Assert.Equal(0, _places.Count);
    }

    [Fact]
    public void a_kind_beyond_its_own_limit_is_refused_and_the_others_are_not()
    {
        var places = new TransactionPlaces(new() { MaxUnderWayOf = { ["tests.charge"] = 1 } }, TimeProvider.System);
        var first = new TransactionPlace(places, "tests.charge", "tests.charge/1");
        first.Running();

        var busy = Assert.Throws<BusyException>(new TransactionPlace(places, "tests.charge", "tests.charge/2").Begin);
        new TransactionPlace(places, "tests.errand", "tests.errand/1").Begin();
        first.Over();
        new TransactionPlace(places, "tests.charge", "tests.charge/2").Begin();

        Assert.Contains("1 transactions of its kind are under way on this silo (Phoenix:Transactions:MaxUnderWayOf:tests.charge), "
            + "so 'tests.charge/2' is not started", busy.Message, StringComparison.Ordinal);
        Assert.Equal(2, places.Count);
    }

    [Fact]
    public async Task those_who_wait_for_a_kind_that_is_full_hold_up_no_other_kind()
    {
        var places = new TransactionPlaces(new() { MaxUnderWay = 2, MaxUnderWayOf = { ["tests.charge"] = 1 } }, TimeProvider.System);
        var (charge, errand) = (New("tests.charge"), New("tests.errand"));
        charge.Running();
        errand.Running();
        var held = New("tests.charge").BeginAsync();
        var next = New("tests.errand").BeginAsync();

        errand.Over();
        await next.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(held.IsCompleted);
        charge.Over();
        await held.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, places.Count);

        TransactionPlace New(string kind) => new(places, kind, $"{kind}/1");
    }

    [Fact]
    public void a_limit_that_cannot_be_and_one_of_no_kind_of_the_host_are_named()
    {
        var options = new TransactionOptions { MaxUnderWayOf = { ["tests.errand"] = 0, ["tests.erand"] = 1 } };

        Assert.Equal("Phoenix:Transactions:MaxUnderWayOf:tests.errand is 1 to 1,000,000; found 0.", Assert.Single(options.Problems()));
        Assert.Equal(
            "Phoenix:Transactions:MaxUnderWayOf names 'tests.erand', which is no transaction of this host. "
            + "Its transactions are tests.charge, tests.errand.", Assert.Single(options.Unknown(["tests.errand", "tests.charge"])));
    }

    private TransactionPlace New() => new(_places, "tests.errand", "tests.errand/1");
}
