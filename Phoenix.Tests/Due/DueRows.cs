using Phoenix.EventStore;

namespace Phoenix.Tests.Due;

/// <summary>Due rows, as the decision loop would hand them to the queue.</summary>
internal static class DueRows
{
    public static DueRow New(string name, string payload = "{}", TimeSpan delay = default, DateTimeOffset? at = null, TimeSpan? period = null, DueKind kind = DueKind.Timer) => new()
    {
        Name = name, Kind = kind, Generation = Guid.NewGuid(), Delay = delay, At = at, Period = period, Target = "tests.note/target", Command = "tests.note", Payload = payload,
    };

    public static DueChanges Set(params DueRow[] rows)
    {
        var changes = new DueChanges();
        foreach (var row in rows) changes.Set(row);
        return changes;
    }

    public static DueChanges Remove(string name)
    {
        var changes = new DueChanges();
        changes.Remove(name);
        return changes;
    }

    public static DueChanges Deliver(DueReference row)
    {
        var changes = new DueChanges();
        changes.Deliver(row);
        return changes;
    }

    public static DueReference ReferenceOf(DueRow row, long occurrence = 0) => new(row.Name, row.Generation, occurrence);
}
