using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Aggregates;
using Phoenix.Health;
using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Xunit;
using Before = Phoenix.Tests.Builds.Before;

namespace Phoenix.Tests.Evolving;

/// <summary>An event that this build does not know parks its aggregate, and everybody hears of it.</summary>
[Trait("Category", "Servers")]
public sealed class BrokenAggregateTests(SharedPostgres postgres)
{
    [Fact]
    public async Task health_and_metrics_tell_of_it_until_it_is_mended()
    {
        var database = await postgres.NewDatabaseAsync();
        await using (var writer = await TestSilo.StartAsync(database, domains: [typeof(Before.Ticket).Assembly]))
        {
            foreach (var id in new[] { "one", "other" })
                await writer.Grains.GetGrain<Before.ITicketGrain>(id).Execute(new Before.OpenTicket("lamp"));
        }

        await Sql.ExecuteAsync(database, "update phoenix.mt_events set type = 'tests.ticket-opened_v9' where stream_id like '%/one'");
        await using var silo = await TestSilo.StartAsync(database, domains: [typeof(Before.Ticket).Assembly], silo: builder =>
        {
            builder.AddPhoenixHealthChecks();
            builder.Services.AddSingleton(new AggregateOptions { BrokenFor = TimeSpan.FromMilliseconds(100) });
        });
        var counted = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Name == "phoenix.deciding.broken") all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (tags.ToArray().Any(tag => tag.Value as string == "tests.ticket")) Interlocked.Add(ref counted, count);
        });
        listener.Start();
        Assert.Equal(HealthStatus.Healthy, (await DecisionsAsync(silo)).Status);

        var one = silo.Grains.GetGrain<Before.ITicketGrain>("one");
        var error = await Assert.ThrowsAsync<AggregateBrokenException>(() => one.Execute(new Before.Comment("x")));
        Assert.Contains(
            "'tests.ticket-opened_v9', which this build does not know. Deploy a build that does.", error.Message, StringComparison.Ordinal);
        Assert.True((await silo.Grains.GetGrain<Before.ITicketGrain>("other").Execute(new Before.Comment("x"))).IsAccepted);

        var health = await DecisionsAsync(silo);
        Assert.Equal((HealthStatus.Degraded, 1), (health.Status, (int)health.Data["broken"]));
        Assert.Contains("1 aggregate(s) of 'tests.ticket' decide nothing", health.Description, StringComparison.Ordinal);
        Assert.InRange(Interlocked.Read(ref counted), 1, long.MaxValue);

        await Sql.ExecuteAsync(database, "update phoenix.mt_events set type = 'tests.ticket-opened' where stream_id like '%/one'");
        await Eventually.TrueAsync("it goes on", async () =>
        {
            try
            {
                return await one.Query(new Before.GetTicket()) == "lamp: ";
            }
            catch (AggregateBrokenException)
            {
                return false;
            }
        });
        Assert.Equal(HealthStatus.Healthy, (await DecisionsAsync(silo)).Status);
    }

    private static async Task<HealthReportEntry> DecisionsAsync(TestSilo silo) =>
        (await silo.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Name == "decisions", TestContext.Current.CancellationToken)).Entries["decisions"];
}
