using System.Globalization;
using Phoenix.EventStore;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Subscribing;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>
/// A command to all behind a tag is made in pages, under ids that tell to whom, and each alone again for its dead letter.
/// </summary>
public sealed class BroadcastTests : ITags
{
    private const int Many = 2 * Broadcast.PageSize + 1;

    private static readonly KafkaMessage Record = new()
    {
        Topic = "payments", Partition = 3, Offset = 42, Timestamp = DateTimeOffset.UnixEpoch, TopicIncarnation = "life",
    };

    private static readonly string[] Ids =
        [.. Enumerable.Range(0, Many).Select(number => number.ToString("0000", CultureInfo.InvariantCulture))];

    private int _failures;
    private int _lookUps;

    [Fact]
    public async Task all_are_reached_once_in_pages_and_in_the_order_of_the_commands()
    {
        var messages = await AllAsync(One(0, "ann"), All(1), One(2, "bob"));
        Assert.Equal(["ann", .. Ids, "bob"], messages.Select(message => message.Key));
        Assert.Equal([0, .. Ids.Select(_ => 1), 2], messages.Select(message => message.Ordinal!.Value));
        Assert.Equal(Many + 2, messages.Select(IdOf).Distinct().Count());
        Assert.Equal(messages.Select(IdOf), (await AllAsync(One(0, "ann"), All(1), One(2, "bob"))).Select(IdOf));
        Assert.Equal(SubscriptionIdentity.Of(Record, 0).ToString(), IdOf(messages[0]));
    }

    [Fact]
    public async Task a_page_that_cannot_be_read_is_read_again_and_none_is_left_out()
    {
        var pages = Pages(All(0));
        var found = new List<string>();
        for (var turn = 0; ; turn++)
        {
            _failures = turn % 2 == 0 ? 1 : 0;
            try
            {
                if (await pages.NextAsync(TestContext.Current.CancellationToken) is not { } page) break;
                found.AddRange(page.Select(message => message.Key));
            }
            catch (TimeoutException)
            {
            }
        }

        Assert.Equal(Ids, found);
    }

    [Fact]
    public async Task one_of_them_is_made_again_as_it_was()
    {
        var one = (await AllAsync(One(0, "ann"), All(1)))[7];
        var again = Pages(One(0, "ann"), All(1)).Of(new("shop.account", one.Key, 1))!;
        Assert.Equal((one.StreamNamespace, one.Key, IdOf(one)), (again.StreamNamespace, again.Key, IdOf(again)));
        Assert.Null(Pages(All(0)).Of(new("shop.account", "ann", 1)));
        Assert.Null(Pages(All(0)).Of(new("shop.product", "ann", 0)));
        Assert.Null(Pages(One(0, "ann")).Of(new("shop.account", "bob", 0)));
    }

    [Fact]
    public async Task a_command_that_asks_for_a_tag_goes_to_those_who_stand_behind_it_and_keeps_its_id_and_place()
    {
        var some = Ids.Select((id, place) => If(place, place % 3 == 0 ? $"no-{id}" : id)).ToList();
        var messages = await AllAsync([.. some, One(Many, "ann"), If(Many + 1, "0000", "autumn"), If(Many + 2, "0000")]);
        Assert.Equal(
            [.. Enumerable.Range(0, Many).Where(place => place % 3 != 0).Select(place => (Ids[place], place)), ("ann", Many), ("0000", Many + 2)],
            messages.Select(message => (message.Key, message.Ordinal!.Value)));
        // The id is that of the place alone: who stands behind the tag moves nothing.
        Assert.All(messages, message => Assert.Equal(SubscriptionIdentity.Of(Record, message.Ordinal!.Value).ToString(), IdOf(message)));
        Assert.Equal(3 + 1, _lookUps);
    }

    [Fact]
    public async Task a_tag_that_cannot_be_looked_up_is_looked_up_again()
    {
        var pages = Pages(If(0, "0000"), If(1, "nobody"));
        _failures = 1;
        await Assert.ThrowsAsync<TimeoutException>(() => pages.NextAsync(TestContext.Current.CancellationToken));
        Assert.Equal("0000", Assert.Single((await pages.NextAsync(TestContext.Current.CancellationToken))!).Key);
        Assert.Null(await pages.NextAsync(TestContext.Current.CancellationToken));
        // For its dead letter it is made again without looking, and for nobody else.
        Assert.Equal("0000", Pages(If(0, "0000", "autumn")).Of(new("shop.account", "0000", 0))!.Key);
        Assert.Null(Pages(If(0, "0000")).Of(new("shop.account", "0001", 0)));
    }

    private async Task<List<ConvertedMessage>> AllAsync(params PreparedCommand[] commands)
    {
        var (pages, all) = (Pages(commands), new List<ConvertedMessage>());
        while (await pages.NextAsync(TestContext.Current.CancellationToken) is { } page) all.AddRange(page);
        return all;
    }

    private Broadcast Pages(params PreparedCommand[] commands) => new("shop.payments", commands, this);

    Task<IReadOnlyList<string>> ITags.PageAsync(string subscription, string tag, string aggregate, string after, int limit)
    {
        Assert.Equal(("shop.payments", "spring", "shop.account"), (subscription, tag, aggregate));
        if (_failures-- > 0) throw new TimeoutException();
        return Task.FromResult<IReadOnlyList<string>>([.. Ids.Where(id => string.CompareOrdinal(id, after) > 0).Take(limit)]);
    }

    Task<IReadOnlySet<TaggedStream>> ITags.BehindAsync(string subscription, IReadOnlyCollection<TaggedStream> asked)
    {
        Assert.InRange(asked.Count, 1, Broadcast.PageSize);
        if (_failures-- > 0) throw new TimeoutException();
        _lookUps++;
        return Task.FromResult<IReadOnlySet<TaggedStream>>(asked.Where(one => one.Tag == "spring" && Ids.Contains(one.Id)).ToHashSet());
    }

    private static PreparedCommand One(int ordinal, string id) =>
        new(Record, ordinal, "shop.account", id, null, [], ReadOnlyMemory<byte>.Empty);

    private static PreparedCommand All(int ordinal) => One(ordinal, "") with { Tag = "spring" };

    private static PreparedCommand If(int ordinal, string id, string tag = "spring") => One(ordinal, id) with { Tag = tag };

    private static string IdOf(ConvertedMessage message) => message.Headers.Single(header => header.Name == WireHeaders.Id).Text!;
}
