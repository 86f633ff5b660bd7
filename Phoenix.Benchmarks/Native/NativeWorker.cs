using System.Text.Json;
using System.Threading.Channels;
using Npgsql;
using NpgsqlTypes;
using Phoenix.Benchmarks.Domain;

namespace Phoenix.Benchmarks.Native;

/// <summary>
/// One of the workers that keys are spread over: one command at a time, one transaction and one round trip each, on a connection of its
/// own.
/// </summary>
internal sealed class NativeWorker
{
    private readonly Channel<(NativeCommand Command, Action Done)> _waiting = Channel.CreateBounded<(NativeCommand, Action)>(
        new BoundedChannelOptions(1000) { SingleReader = true, SingleWriter = true });

    private readonly Dictionary<string, NativeTally> _tallies = [];

    /// <summary>Queues a command; waits when too many wait.</summary>
    public void Take(NativeCommand command, Action done)
    {
        while (!_waiting.Writer.TryWrite((command, done))) _waiting.Writer.WaitToWriteAsync().AsTask().Wait();
    }

    public void Complete() => _waiting.Writer.TryComplete();

    public async Task RunAsync(NpgsqlDataSource source, NativeReplies replies)
    {
        await using var connection = await source.OpenConnectionAsync();
        var (command, recorded, @event) = (new NpgsqlParameter<Guid>(), new NpgsqlParameter<long>(), new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Jsonb });
        var (stream, streamAgain, version, cause) = (new NpgsqlParameter<string>(), new NpgsqlParameter<string>(), new NpgsqlParameter<long>(), new NpgsqlParameter<Guid>());
        await using var transaction = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(NativeTables.InsertCommand) { Parameters = { command, stream, recorded } },
                new(NativeTables.InsertEvent) { Parameters = { streamAgain, version, new NpgsqlParameter<string> { TypedValue = Added.Name }, @event, cause } },
            },
        };
        await transaction.PrepareAsync();
        await foreach (var (next, done) in _waiting.Reader.ReadAllAsync())
        {
            if (!_tallies.TryGetValue(next.Stream, out var tally)) _tallies[next.Stream] = tally = await NativeTally.LoadAsync(source, next.Stream);
            var added = tally.Decide(next.Command);
            (command.TypedValue, cause.TypedValue) = (next.Id, next.Id);
            (stream.TypedValue, streamAgain.TypedValue) = (next.Stream, next.Stream);
            (recorded.TypedValue, version.TypedValue) = (tally.Version + 1, tally.Version + 1);
            @event.TypedValue = JsonSerializer.Serialize(added, PhoenixJson.State);
            await transaction.ExecuteNonQueryAsync();
            tally.Apply(added);
            replies.Send(next, tally.Version, done);
        }
    }
}
