using Npgsql;
using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Native;

/// <summary>
/// The state of one aggregate, kept in memory by the one who owns its key. The primary key of the events catches whoever owns it wrongly.
/// </summary>
internal sealed class NativeTally
{
    public long Version { get; private set; }

    public long Total { get; private set; }

    public static async Task<NativeTally> LoadAsync(NpgsqlDataSource source, string stream)
    {
        await using var command = source.CreateCommand(NativeTables.Load);
        command.Parameters.Add(new() { Value = stream });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return new() { Version = reader.GetInt64(0), Total = reader.GetInt64(1) };
    }

    /// <summary>Decides; the event is that of the next version.</summary>
    public Added Decide(Add command)
    {
        if (Total + command.Amount < 0) throw new InvalidOperationException("The benchmark sends no command that is rejected.");
        return new(command.Amount);
    }

    public void Apply(Added @event)
    {
        Total += @event.Amount;
        Version++;
    }
}
