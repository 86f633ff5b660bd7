using Phoenix.Json;

namespace Phoenix.Model;

/// <summary>The rule for names of timers. A name belongs to one aggregate: two aggregates may have timers of the same name.</summary>
public static class TimerName
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxLength = 200;

    // Begins the names of rows that are no timers.
    internal const char Reserved = '>';

    /// <summary>
    /// What is wrong with the name, or null when it is 1 to 200 characters without control characters and does not begin with <c>&gt;</c>.
    /// </summary>
    public static string? Problem(string? name) => name switch
    {
        null or "" => "A timer's name has at least one character.",
        { Length: > MaxLength } => $"A timer's name has at most {MaxLength} characters; found {name.Length}.",
        _ when name.Any(char.IsControl) => "A timer's name has no control characters.",
        _ when !WholeText.Is(name) => "A timer's name is valid Unicode; found half of a surrogate pair.",
        [Reserved, ..] => $"A timer's name does not begin with '{Reserved}'; found '{name}'.",
        _ => null,
    };
}
