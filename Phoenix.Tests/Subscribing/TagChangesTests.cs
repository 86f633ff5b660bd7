using Phoenix.EventStore;
using Phoenix.Model;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>Several changes to one tag in one commit are one, and what is no tag is refused.</summary>
public sealed class TagChangesTests
{
    [Fact]
    public void the_last_of_several_changes_to_a_tag_counts()
    {
        var changes = new TagChanges();
        changes.Add(new("news", "a", true));
        changes.Add(new("news", "a", false));
        changes.Add(new("other", "a", true));
        changes.Add(new("news", "b", false));
        changes.Add(new("news", "b", true));
        Assert.Equal([new("news", "a", false), new("news", "b", true), new("other", "a", true)],
            changes.All.OrderBy(change => (change.Subscription, change.Tag)));
    }

    [Theory]
    [InlineData("spring", null)]
    [InlineData("", "at least one character")]
    [InlineData(null, "at least one character")]
    [InlineData("a\nb", "no control characters")]
    public void a_tag_is_a_text_that_can_be_stored(string? tag, string? problem) =>
        Assert.Contains(problem ?? "", TagName.Problem(tag) ?? "", StringComparison.Ordinal);

    [Fact]
    public void a_tag_has_a_greatest_length_and_no_half_characters()
    {
        Assert.Contains("half of a surrogate pair", TagName.Problem(new([(char)0xd800])), StringComparison.Ordinal);
        Assert.Null(TagName.Problem(new('x', TagName.MaxLength)));
        Assert.Contains("at most 200 characters; found 201", TagName.Problem(new('x', TagName.MaxLength + 1)), StringComparison.Ordinal);
    }
}
