using System.Text.Json;
using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Native;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The twin <c>nativeBatch</c>: as <c>native</c>, but one transaction a poll, written by two set-based inserts in one round trip.
/// </summary>
internal sealed class NativeBatchConsumer(NpgsqlDataSource source, NativeReplies replies) : IPart
{
    public const string Name = "native-batch-consumer";
    private const int MostAPoll = 1000;

    private readonly Dictionary<string, NativeTally> _tallies = [];
    private NativeIntake? _intake;

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            MaxAutoPrepare = 10, AutoPrepareMinUsages = 2, NoResetOnClose = true, Enlist = false, ApplicationName = "bench-native-batch",
        });
        await NativeTables.CreateAsync(source);
        var part = new NativeBatchConsumer(source, new NativeReplies(settings.Kafka));
        part._intake = new NativeIntake(settings.Kafka, KafkaTopicNames.Commands(settings.Prefix), KafkaTopicNames.Partitions);
        part._intake.Start(MostAPoll, commands => part.TakeAsync(commands).GetAwaiter().GetResult());
        return part;
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => throw new PartFailedException("A consumer takes its work from its topic.");

    public async ValueTask DisposeAsync()
    {
        _intake!.Dispose();
        replies.Dispose();
        await source.DisposeAsync();
    }

    private async Task TakeAsync(IReadOnlyList<NativeCommand> commands)
    {
        var versions = new long[commands.Count];
        var data = new string[commands.Count];
        for (var i = 0; i < commands.Count; i++)
        {
            if (!_tallies.TryGetValue(commands[i].Stream, out var tally)) _tallies[commands[i].Stream] = tally = await NativeTally.LoadAsync(source, commands[i].Stream);
            var added = tally.Decide(commands[i].Command);
            tally.Apply(added);
            versions[i] = tally.Version;
            data[i] = JsonSerializer.Serialize(added, PhoenixJson.State);
        }

        var done = commands.Select(_intake!.DoneWith).ToArray();
        await WriteAsync([.. commands.Select(command => command.Id)], [.. commands.Select(command => command.Stream)], versions, data);
        for (var i = 0; i < commands.Count; i++) replies.Send(commands[i], versions[i], done[i]);
    }

    private async Task WriteAsync(Guid[] ids, string[] streams, long[] versions, string[] data)
    {
        await using var transaction = source.CreateBatch();
        transaction.BatchCommands.Add(new(NativeTables.InsertCommands) { Parameters = { Array(ids), Array(streams), Array(versions) } });
        transaction.BatchCommands.Add(new(NativeTables.InsertEvents)
        {
            Parameters = { Array(streams), Array(versions), new NpgsqlParameter<string> { TypedValue = Added.Name }, Array(data), Array(ids) },
        });
        await transaction.ExecuteNonQueryAsync();
    }

    private static NpgsqlParameter<T[]> Array<T>(T[] values) => new() { TypedValue = values };
}
