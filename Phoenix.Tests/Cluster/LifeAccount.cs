using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Npgsql;
using Phoenix.Kafka;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// Compares what a command topic holds in the life that it has now with what became of it: each record has one outcome, under its own id or
/// under its place in this life, and none under a place in another.
/// </summary>
internal sealed class LifeAccount(SiloCluster silos, string topic)
{
    // As the ledger has it.
    private const string Source = $"kafka:{CommandSenders.Source}";

    /// <summary>Fails unless it is so; returns how many records there are.</summary>
    public async Task<int> HoldsAsync()
    {
        var (life, records) = await ReadAsync();
        var ids = await RecordedAsync();
        var (named, unnamed) = (records.Where(each => each.Id is not null).ToList(), records.Where(each => each.Id is null).ToList());

        Assert.NotEmpty(ids);
        Assert.DoesNotContain(named, each => !ids.Contains(each.Id!));
        Assert.DoesNotContain(unnamed, each => !ids.Contains($"{life}{each.Place}"));
        Assert.Equal(unnamed.Count, ids.Count(id => id.StartsWith(life, StringComparison.Ordinal)));

        var places = unnamed.Select(each => each.Place).ToHashSet();
        Assert.DoesNotContain(
            ids, id => !id.StartsWith(life, StringComparison.Ordinal) && id.IndexOf(':') is var end and >= 0 && places.Contains(id[end..]));

        var accepted = await CountAsync($"select count(*) from phoenix.phoenix_ledger where source = '{Source}' and outcome = 1");
        Assert.Equal(ids.Count, accepted);
        Assert.Equal(accepted, await CountAsync(
            $"select count(*) from phoenix.mt_events where type = 'shop.money-deposited' and stream_id like 'shop.account/p-%'"));
        return records.Count;
    }

    private Task<long> CountAsync(string sql) => Sql.ScalarAsync(silos.Database, sql).ContinueWith(
        static told => (long)told.Result!, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task<(string Life, List<(string? Id, string Place)> Records)> ReadAsync()
    {
        using var admin = new KafkaTopics(silos.Broker.BootstrapServers);
        var life = (await admin.DescribeAsync(topic))!;
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = silos.Broker.BootstrapServers, GroupId = "account", EnableAutoCommit = false, AutoOffsetReset = AutoOffsetReset.Error,
        }).Build();
        var records = new List<(string?, string)>();
        foreach (var number in Enumerable.Range(0, life.Partitions))
        {
            var partition = new TopicPartition(topic, number);
            var end = consumer.QueryWatermarkOffsets(partition, Eventually.Patience).High.Value;
            consumer.Assign(new TopicPartitionOffset(partition, 0));
            for (var next = 0L; next < end;)
            {
                var record = consumer.Consume(Eventually.Patience) ?? throw new TimeoutException($"{partition} has no record {next} of {end}");
                next = record.Offset.Value + 1;
                var id = record.Message.Headers.TryGetLastBytes("ce_id", out var bytes) ? Encoding.UTF8.GetString(bytes) : null;
                records.Add((id, string.Create(
                    CultureInfo.InvariantCulture, $":{number}:{record.Offset.Value}:{record.Message.Timestamp.UnixTimestampMs}")));
            }
        }

        return (life.Incarnation, records);
    }

    private async Task<HashSet<string>> RecordedAsync()
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(silos.Database) { Pooling = false }.ConnectionString);
        await using var command = database.CreateCommand("select original_id from phoenix.phoenix_ledger where source = $1");
        command.Parameters.Add(new() { Value = Source });
        await using var rows = await command.ExecuteReaderAsync();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (await rows.ReadAsync())
            Assert.True(ids.Add(rows.GetString(0)), $"{rows.GetString(0)} is recorded twice");
        return ids;
    }
}
