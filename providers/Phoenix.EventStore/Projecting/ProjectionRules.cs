using JasperFx.Events.Projections;
using Marten;

namespace Phoenix.EventStore.Projecting;

/// <summary>What projections have to keep to, since the log is written past Marten's sessions.</summary>
internal static class ProjectionRules
{
    /// <summary>
    /// A projection stands at an event that it cannot take: one that is skipped is missing for good, and nobody is told. A domain may
    /// choose otherwise with Marten's own options.
    /// </summary>
    public static void StopAtFailures(StoreOptions options)
    {
        options.Projections.Errors.SkipApplyErrors = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipUnknownEvents = false;
    }

    /// <summary>Refuses projections that would never see an event.</summary>
    /// <exception cref="InvalidOperationException">There is an inline projection; the message names all.</exception>
    public static TStore Check<TStore>(TStore store) where TStore : IDocumentStore
    {
        var inline = store.Options.Events.Projections().Where(projection => projection.Lifecycle == ProjectionLifecycle.Inline).ToList();
        return inline.Count == 0
            ? store
            : throw new InvalidOperationException(
                $"Inline projections never see an event: the log is written by the silo itself, not through a Marten session. Register them with "
                + $"ProjectionLifecycle.Async (or Live): {string.Join(", ", inline.Select(projection => $"'{projection.Name}'"))}.");
    }
}
