using Npgsql;

namespace Phoenix.EventStore.Storage;

/// <summary>One statement on a connection for reading, at its turn.</summary>
internal static class GuardedStatements
{
    /// <param name="connections">The log's connections.</param>
    /// <param name="what">What cannot be reached if it fails.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="ask">Adds the parameters, runs it, and reads what it gives.</param>
    /// <exception cref="LogUnavailableException">Storage cannot be reached.</exception>
    public static async Task<T> AskAsync<T>(this EventStoreConnections connections, string what, string sql, Func<NpgsqlCommand, Task<T>> ask)
    {
        try
        {
            return await connections.Turns.ReadAsync(async () =>
            {
                await using var command = connections.Reads.CreateCommand(sql);
                return await ask(command);
            });
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            throw new LogUnavailableException($"The {what} cannot be reached: {StorageTrouble.Of(exception)} Try again.", exception);
        }
    }
}
