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
        var joins = new List<(DateTime From, DateTime To)>();
        for (var number = 0; number < SiloCluster.Size; number++)
        {
            await silos.StopAsync(number);
            await silos.PartitionsAreEvenAsync();
            await load.ProgressAsync();
            var joining = DateTime.UtcNow;
            await silos.StartAsync(number);
            await silos.ActiveAsync(SiloCluster.Size);
            await silos.PartitionsAreEvenAsync();
            await load.ProgressAsync();
            joins.Add((joining, DateTime.UtcNow));
        }

        await load.StopAsync();
        await Verdict.HoldsAsync(silos, load);
        var repeated = Answers.Repeated(silos);
        var atJoins = joins.Select(join => repeated.Count(at => at >= join.From && at <= join.To)).ToList();
        // One that joins does not wait for the former owner: it begins where that one had committed last, at most a commit interval ago.
        var bound = load.Busiest(Way.Kafka, SiloCluster.CommitInterval + TimeSpan.FromSeconds(1)) + Load.Workers;
        output.WriteLine($"{load}; delivered twice at joins {string.Join(", ", atJoins)}, at most {bound} each; at leaves {repeated.Count - atJoins.Sum()}");
        Assert.All(atJoins, count => Assert.InRange(count, 0, bound));
        // One that leaves commits before anybody takes over.
        Assert.Equal(atJoins.Sum(), repeated.Count);
    }
}
