using Phoenix.Runs.Bookkeeping;
using Xunit;

namespace Phoenix.Tests.Soak;

/// <summary>The judge of published events is judged.</summary>
public sealed class PublishedTopicTests
{
    private static readonly PublishedEvent[] Stored = [new("a", 1), new("a", 2), new("b", 1)];

    [Fact]
    public void repeats_and_interleaving_are_right() =>
        Assert.Empty(PublishedTopic.Compare(Stored, [new("b", 1), new("a", 1), new("a", 2), new("a", 1), new("a", 2)]));

    [Fact]
    public void an_event_that_is_missing() =>
        Assert.Equal([("a", "Version 2 was stored and not published.")], PublishedTopic.Compare(Stored, [new("a", 1), new("b", 1)]));

    [Fact]
    public void an_event_that_was_never_stored() =>
        Assert.Equal([("b", "Version 2 was published and is not stored.")], PublishedTopic.Compare(Stored, [.. Stored, new("b", 2)]));

    [Fact]
    public void first_occurrences_out_of_order() =>
        Assert.Equal([("a", "Its 2 events were published out of order.")],
            PublishedTopic.Compare(Stored, [new("a", 2), new("b", 1), new("a", 1), new("a", 2)]));
}
