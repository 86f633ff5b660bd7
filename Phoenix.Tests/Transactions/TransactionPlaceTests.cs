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

    private TransactionPlace New() => new(_places, "tests.errand/1");
}
