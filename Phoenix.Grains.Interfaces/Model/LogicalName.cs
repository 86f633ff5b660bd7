using System.Buffers;
using System.Reflection;

namespace Phoenix.Model;

/// <summary>The rule for logical names, and where a type's name comes from.</summary>
public static class LogicalName
{
    internal static readonly SearchValues<char> CodeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");

    /// <summary>True for a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes.</summary>
    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= 64 } && char.IsAsciiLetterLower(name[0]) && !name.AsSpan().ContainsAnyExcept(Characters);

    /// <summary>The logical name, with version suffix, of a command, event or query type.</summary>
    /// <exception cref="ModelException">The type carries no name.</exception>
    public static string Of(Type type) => type.GetCustomAttribute<VersionedAttribute>()?.FullName
        ?? throw new ModelException($"{type} has no logical name. Put [Command(\"...\")], [Event(\"...\")] or [Query(\"...\")] on it.");

    internal static string Checked(string name) => IsValid(name)
        ? name
        : throw new ModelException($"'{name}' is no logical name. Expected a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes, such as 'shop.account'.");
}
