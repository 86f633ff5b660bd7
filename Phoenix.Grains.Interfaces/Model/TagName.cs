using Phoenix.Json;

namespace Phoenix.Model;

/// <summary>The rule for tags. A tag belongs to one subscription: two subscriptions may have tags of the same name.</summary>
public static class TagName
{
    /// <summary>Longest tag, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>What is wrong with the tag, or null when it is 1 to 200 characters without control characters.</summary>
    public static string? Problem(string? tag) => tag switch
    {
        null or "" => "A tag has at least one character.",
        { Length: > MaxLength } => $"A tag has at most {MaxLength} characters; found {tag.Length}.",
        _ when tag.Any(char.IsControl) => "A tag has no control characters.",
        _ when !WholeText.Is(tag) => "A tag is valid Unicode; found half of a surrogate pair.",
        _ => null,
    };
}
