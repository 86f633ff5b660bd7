using Phoenix.EventStore;
using Xunit;

namespace Phoenix.Tests.Publishing;

/// <summary>A publication that is divided is published by several silos, and is as complete and ordered as one that is not.</summary>
[Trait("Category", "Servers")]
public sealed class SliceTests(SharedPostgres postgres, SharedKafka kafka)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task silos_share_the_slices_and_one_that_joins_gets_its_part()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka, settings: new() { Slices = 4 });
        rig.Options.RebalanceAfter = TimeSpan.FromSeconds(1);
        var one = await rig.PublisherAsync("one");
        await Eventually.TrueAsync("the only silo has all", () => one.Owned.Count() == 4);
        await rig.CommitAsync(40, 10);

        rig.Silos = 2;
        var two = await rig.PublisherAsync("two");
        await Eventually.TrueAsync("both have two", () => one.Owned.Count() == 2 && two.Owned.Count() == 2);
        await rig.CommitAsync(40, 10, after: 10);
        await rig.CaughtUpAsync();

        await one.DisposeAsync();
        await Eventually.TrueAsync("the one that stays has all", () => two.Owned.Count() == 4);
        await rig.CommitAsync(40, 10, after: 20);
        await rig.CaughtUpAsync();
        PublishingRig.AssertComplete(await rig.ReadAsync(), 40, 30);
    }

    [Fact]
    public async Task it_is_divided_anew_while_it_runs()
    {
        await using var rig = await PublishingRig.StartAsync(postgres, kafka);
        var one = await rig.PublisherAsync("one");
        await rig.PublisherAsync("two");
        var round = 0;
        foreach (var slices in new[] { 3, 1, 5, 2 })
        {
            await rig.CommitAsync(30, 10, after: 10 * round++);
            Assert.True(await rig.Checkpoints.DivideAsync(PublishingRig.Name, slices, Token));
            await rig.CommitAsync(30, 10, after: 10 * round++);
            await rig.CaughtUpAsync();
            Assert.Equal(slices, (await rig.Checkpoints.SlicesAsync(PublishingRig.Name, Token)).Count);
        }

        PublishingRig.AssertComplete(await rig.ReadAsync(), 30, 80);
        await Eventually.TrueAsync("slices that are gone are forgotten", () => one.Statuses.Count() == 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void each_stream_belongs_to_one_slice_and_all_have_some(int count)
    {
        var slices = Enumerable.Range(1, count).Select(number => new PublicationSlice(number, count)).ToList();
        var owners = Enumerable.Range(0, 1000).Select(number => slices.Single(slice => slice.Holds($"shop.account/{number}"))).ToList();
        Assert.All(slices, slice => Assert.InRange(owners.Count(owner => owner == slice), 1000 / count / 2, 1000));
    }

    [Fact]
    public void a_stream_stays_in_its_slice_from_build_to_build() =>
        Assert.Equal([3, 2, 4], new[] { "shop.account/1", "shop.account/2", "é" }.Select(
            stream => Enumerable.Range(1, 4).Single(number => new PublicationSlice(number, 4).Holds(stream))));
}
