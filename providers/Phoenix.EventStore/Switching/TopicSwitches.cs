using Phoenix.EventStore.Schema;
using Phoenix.EventStore.Storage;

namespace Phoenix.EventStore;

/// <summary>
/// Which topics no silo of this database reads for now, kept in it. Thread-safe; each call throws <see cref="LogUnavailableException"/>
/// when storage cannot be reached.
/// </summary>
public sealed class TopicSwitches
{
    private const string What = "topics that are switched off";

    private readonly EventStoreConnections _connections;
    private readonly string _list, _off, _on;

    internal TopicSwitches(EventStoreConnections connections, TableNames names)
    {
        _connections = connections;
        _list = $"select topic, since, reason from {names.Switches} order by topic";
        // Switched off once more, it stays off since when it was, for the newer reason.
        _off = $"insert into {names.Switches} (topic, reason) values ($1, $2) on conflict (topic) do update set reason = excluded.reason";
        _on = $"delete from {names.Switches} where topic = $1";
    }

    /// <summary>Those that are off, by name.</summary>
    public Task<IReadOnlyList<TopicOff>> ListAsync() => _connections.AskAsync<IReadOnlyList<TopicOff>>(What, _list, async command =>
    {
        var topics = new List<TopicOff>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) topics.Add(new(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2)));
        return topics;
    });

    /// <summary>Switches a topic off.</summary>
    public Task OffAsync(string topic, string reason) => _connections.AskAsync(What, _off, command =>
    {
        command.Parameters.Add(new() { Value = topic });
        command.Parameters.Add(new() { Value = reason });
        return command.ExecuteNonQueryAsync();
    });

    /// <summary>Switches a topic on again. False when it was on.</summary>
    public Task<bool> OnAsync(string topic) => _connections.AskAsync(What, _on, async command =>
    {
        command.Parameters.Add(new() { Value = topic });
        return await command.ExecuteNonQueryAsync() > 0;
    });
}

/// <summary>A topic that is switched off.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Since">Since when, by the database's clock.</param>
/// <param name="Reason">Why, in somebody's words.</param>
public sealed record TopicOff(string Topic, DateTimeOffset Since, string Reason);
