using Phoenix.EventStore;

namespace Phoenix.DeadLetters;

/// <summary>What callers ask for, as storage is asked for it.</summary>
internal static class LetterFilters
{
    private const int LongestReason = 500;

    private static readonly LetterKind[] ManyKinds = [LetterKind.Command, LetterKind.Subscription, LetterKind.Timer, LetterKind.Send];

    public static string KindOf(LetterKind kind) => kind.ToString().ToLowerInvariant();

    public static string StateOf(LetterState state) => state.ToString().ToLowerInvariant();

    /// <exception cref="ArgumentException">It is none; the message says what is expected.</exception>
    public static LetterQuery Read(LetterFilter filter)
    {
        if (filter.Since >= filter.Until)
            throw new ArgumentException($"No letter is of {filter.Since:O} or later and before {filter.Until:O}.");
        foreach (var text in (string?[])[filter.Reason, filter.Key, filter.Name, filter.Topic])
        {
            if (text?.Contains('\0', StringComparison.Ordinal) == true) throw new ArgumentException("A filter's text has no NUL.");
        }

        return new()
        {
            Kinds = filter.Kind is { } kind ? [Known<LetterKind>("kind", kind)] : null,
            Name = filter.Name,
            Topic = filter.Topic,
            Reason = filter.Reason,
            Key = filter.Key,
            Since = filter.Since,
            Until = filter.Until,
            State = filter.State == "all" ? null : Known<LetterState>("state", filter.State, "all"),
        };
    }

    /// <exception cref="ArgumentException">It is none for a replay of many.</exception>
    public static LetterQuery ReadMany(LetterFilter filter)
    {
        var query = Read(filter);
        if (query.State != LetterState.Open)
            throw new ArgumentException("Only open letters are replayed or discarded many at once; leave 'state' out.");
        if (query.Kinds is [LetterKind.Publication or LetterKind.Transaction])
            throw new ArgumentException(
                $"Letters of a {filter.Kind} are not replayed or discarded many at once: replay one, or use the verbs of the "
                + $"{filter.Kind}.");
        return query.Kinds is null ? query with { Kinds = ManyKinds } : query;
    }

    /// <exception cref="ArgumentException">There is no reason, or it is too long.</exception>
    public static LetterChange Checked(LetterChange change) =>
        string.IsNullOrWhiteSpace(change.Reason) || change.Reason.Length > LongestReason
            || change.Reason.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException($"A reason has 1 to {LongestReason} characters, for the audit: say why.") : change;

    private static T Known<T>(string what, string text, params string[] more) where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToList();
        return names.Contains(text) ? Enum.Parse<T>(text, ignoreCase: true)
            : throw new ArgumentException(
                $"'{what}' is one of {string.Join(", ", names.Concat(more).Select(name => $"'{name}'"))}; found '{text}'.");
    }
}
