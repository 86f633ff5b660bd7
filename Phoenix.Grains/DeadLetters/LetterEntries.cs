using System.Text.Json;
using Phoenix.EventStore;

namespace Phoenix.DeadLetters;

/// <summary>Rows as callers see them.</summary>
internal static class LetterEntries
{
    public static LetterEntry Of(LetterRow row) => new()
    {
        Id = LetterIds.Of(row.LetterName),
        Kind = LetterFilters.KindOf(row.LetterName.Kind),
        Name = row.Name,
        Key = row.Key,
        Reason = row.Reason,
        Message = row.Message,
        Since = row.Since,
        State = LetterFilters.StateOf(row.State),
        SettledAt = row.SettledAt,
        SettledBy = row.SettledBy,
        SettledWhy = row.SettledWhy,
        Origin = row.OriginTopic is { } topic ? new(topic, row.OriginPartition!.Value, row.OriginPosition!.Value) : null,
        Letter = row.LetterName.Place is { } place ? new(place.Topic, place.Partition, place.Position) : null,
        Target = row.Target,
        Bytes = row.BodyBytes,
    };

    public static ReplayStatus Of(LetterReplay replay) => new()
    {
        Id = replay.Id,
        State = replay.State,
        Filter = JsonSerializer.Deserialize<LetterFilter>(replay.Filter)!,
        Found = replay.Found,
        Replayed = replay.Replayed,
        Skipped = replay.Skipped,
        Trouble = replay.Trouble,
        Principal = replay.Principal,
        Reason = replay.Reason,
        BegunAt = replay.BegunAt,
        ChangedAt = replay.ChangedAt,
        Verb = replay.Discards ? "discard" : "replay",
    };

    public static LetterAuditEntry Of(LetterAuditRow row) => new()
    {
        At = row.At,
        Principal = row.Principal,
        Verb = row.Verb,
        Subject = row.Subject,
        Letters = row.Letters,
        Reason = row.Reason,
        Detail = row.Detail,
    };
}
