using Phoenix.EventStore;

namespace Phoenix.Tests.Publishing;

internal static class CheckpointReading
{
    /// <summary>The only slice, or the first; null when the publication has never run.</summary>
    public static async Task<PublicationCheckpoint?> FindAsync(
        this IPublicationCheckpoints checkpoints, string publication, CancellationToken cancellation) =>
        await checkpoints.SlicesAsync(publication, cancellation) is [var first, ..] ? first : null;
}
