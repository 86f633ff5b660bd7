using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>Silos come and go under load, and partitions with them.</summary>
[Trait("Category", "Servers")]
[Trait("Category", "Long")]
[Collection(ClusterTests.Name)]
public sealed class HandOverTests(SharedPostgres postgres, SharedKafka kafka, ITestOutputHelper output)
{
    [LongFact]
    public async Task partitions_follow_silos_that_come_and_go_and_few_records_are_delivered_twice()
    {
        await using var silos = await SiloCluster.StartAsync(await postgres.NewDatabaseAsync(), await kafka.BrokerAsync());
        await using var load = await Load.StartAsync(silos);
        await load.ProgressAsync();
        await silos.PartitionsAreEvenAsync();
        var changes = new List<(string What, DateTime From)>();
        for (var number = 0; number < SiloCluster.Size; number++)
        {
            changes.Add(("leaves", DateTime.UtcNow));
            await silos.StopAsync(number);
            await silos.PartitionsAreEvenAsync();
            await load.ProgressAsync();
            changes.Add(("joins", DateTime.UtcNow));
            await silos.StartAsync(number);
            await silos.ActiveAsync(SiloCluster.Size);
            await silos.PartitionsAreEvenAsync();
            await load.ProgressAsync();
        }

        await load.StopAsync();
        await Verdict.HoldsAsync(silos, load);
        var answers = Answers.Read(silos);
        Assert.InRange(answers.Requests, load.History.Count(sent => sent.Way == Way.Kafka), int.MaxValue);
        var ends = changes.Skip(1).Select(change => change.From).Append(DateTime.MaxValue);
        var counts = changes.Zip(ends, (change, end) => (change.What, Count: answers.Repeated.Count(at => at >= change.From && at < end))).ToList();
        // Whoever takes a partition over from a silo that goes on does not wait for it: it begins where that one committed last, at most a
        // commit interval ago, and a second is more than the time until the former owner has let go.
        var bound = load.Busiest(Way.Kafka, SiloCluster.CommitInterval + TimeSpan.FromSeconds(1)) + Load.Workers;
        output.WriteLine($"{load}; delivered twice: {string.Join(", ", counts.Select(change => $"{change.Count} as one {change.What}"))}; at most {bound} each");
        Assert.All(counts, change => Assert.InRange(change.Count, 0, bound));
    }
}
