using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.Kafka;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// A silo that reads records which nobody waits for, and who writes them, in one process: commands of ours, records that become one command
/// each, or records that go to all aggregates. Operations are commands.
/// </summary>
internal sealed class PhoenixIncoming : IPart
{
    public const string Name = "phoenix-incoming";

    /// <summary>Commands on the topic of commands.</summary>
    public const string OneWay = "one-way";

    private const int UnderWay = 4096;
    private const int BroadcastsUnderWay = 24;

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly IncomingRecords _records;
    private readonly RandomKeys _keys;
    private readonly string[] _ids;
    private readonly bool _isBroadcast;
    private long _done;

    private PhoenixIncoming(SiloHost silo, PartSettings settings)
    {
        _silo = silo;
        _isBroadcast = settings.Command == News.Name;
        _ids = TallyIds.First(settings.Keys);
        _keys = new(1, settings.Keys);
        _records = new(settings.Kafka, TopicOf(settings), settings.Command == OneWay, silo.Services.GetRequiredService<IKafkaHealth>());
    }

    /// <summary>The topic that a part with these settings reads.</summary>
    public static string TopicOf(PartSettings settings) => settings.Command == OneWay
        ? KafkaTopicNames.Commands(settings.Prefix) : KafkaTopicNames.Foreign(settings.Prefix);

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var silo = await PhoenixSilo.StartAsync(settings, subscription: settings.Command == OneWay ? null : settings.Command);
        if (settings.Command == News.Name) await RegisterAsync(settings);
        return new PhoenixIncoming(silo, settings);
    }

    public async Task<RoundResult> RunAsync(RoundOrder order)
    {
        var commands = 0L;
        var result = await _loop.RunAloneAsync(order, () => Task.CompletedTask, async () =>
        {
            var records = await _records.RunAsync(
                TimeSpan.FromSeconds(order.Seconds), _isBroadcast ? BroadcastsUnderWay : UnderWay, () => _ids[_keys.Next(0)]);
            commands += records * (_isBroadcast ? _ids.Length : 1);
        });
        _done += commands;
        return result with
        {
            Operations = commands, Acknowledged = _done, AllocatedBytes = result.AllocatedBytes * result.Operations / Math.Max(1, commands),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _records.Dispose();
        await _silo.DisposeAsync();
    }

    // By SQL: a decision for each would be an effect that nobody counts.
    private static async Task RegisterAsync(PartSettings settings)
    {
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        await using var command = source.CreateCommand(
            "insert into phoenix.phoenix_tags (subscription, tag, aggregate, id) select $1, $2, $3, unnest($4)");
        command.Parameters.Add(new() { Value = News.Name });
        command.Parameters.Add(new() { Value = News.Tag });
        command.Parameters.Add(new() { Value = Tally.Name });
        command.Parameters.Add(new() { Value = TallyIds.First(settings.Keys) });
        await command.ExecuteNonQueryAsync();
    }
}
