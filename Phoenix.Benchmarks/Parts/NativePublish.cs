using Npgsql;
using Phoenix.Benchmarks.Native;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The twin <c>native</c> of <c>publish</c>: a plain loop that reads pages of 1,000 events by their numbers and hands them to an idempotent
/// producer, the next page being read meanwhile. It proves nothing about gaps, keeps no position and has no rival.
/// </summary>
internal sealed class NativePublish : IPart
{
    public const string Name = "native-publish";

    private const string Page = """
        select seq_id, id, stream_id, version, type, data, timestamp, causation_id from phoenix.mt_events
        where seq_id > $1 order by seq_id limit 1000
        """;

    private readonly NpgsqlDataSource _source;
    private readonly TopicCount _topic;
    private readonly NativeEvents _events;
    private readonly EventPasses _passes;

    private NativePublish(PartSettings settings)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            MaxAutoPrepare = 10, AutoPrepareMinUsages = 2, NoResetOnClose = true, Enlist = false, ApplicationName = "bench-native-publish",
        });
        _topic = new(settings.Kafka, PublishNames.Native(settings.Prefix));
        _events = new(settings.Kafka, PublishNames.Native(settings.Prefix));
        _passes = new(_topic, settings.Events);
    }

    public static Task<IPart> StartAsync(PartSettings settings) => Task.FromResult<IPart>(new NativePublish(settings));

    public Task<RoundResult> RunAsync(RoundOrder order) => _passes.RunAsync(order, () =>
    {
        // A loop that ends early would be waited for: the process ends loudly instead.
        _ = Task.Run(SendAllAsync).ContinueWith(
            ended => Environment.FailFast("The loop failed.", ended.Exception),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return Task.CompletedTask;
    });

    public async ValueTask DisposeAsync()
    {
        _events.Dispose();
        _topic.Dispose();
        await _source.DisposeAsync();
    }

    private async Task SendAllAsync()
    {
        var next = ReadAsync(0);
        while (await next is { Count: > 0 } page)
        {
            next = ReadAsync(page[^1].Sequence);
            await _events.RoomAsync();
            foreach (var one in page) _events.Send(one);
        }
    }

    private async Task<List<NativeEvent>> ReadAsync(long after)
    {
        await using var command = _source.CreateCommand(Page);
        command.Parameters.Add(new() { Value = after });
        await using var reader = await command.ExecuteReaderAsync();
        var page = new List<NativeEvent>(1000);
        while (await reader.ReadAsync())
        {
            page.Add(new(
                reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4),
                reader.GetFieldValue<byte[]>(5), reader.GetFieldValue<DateTimeOffset>(6), reader.GetString(7)));
        }

        return page;
    }
}
