using System.Diagnostics;
using Phoenix.Faults;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>
/// PostgreSQL refuses connections while commands arrive: nothing is given up, nothing is told but what is known, and all goes on by itself.
/// </summary>
[Trait("Category", "Servers")]
public sealed class StorageOutageTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);
    private RunningService _service = null!;
    private PostgresFaultProxy _postgres = null!;

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(postgres, kafka, database =>
    {
        _postgres = new PostgresFaultProxy(database);
        return _postgres.ConnectionString;
    });

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task commands_wait_for_storage_and_are_then_answered_in_order()
    {
        var wire = _service.Wire;
        string[] keys = [await _service.NewAccountAsync(), await _service.NewAccountAsync(), await _service.NewAccountAsync()];
        _postgres.RefuseNew();
        _postgres.CutAll();

        var deposits = Enumerable.Range(0, 60).Select(number => _service.Account(keys[number % 3], "deposit", """{"amount":1}""")).ToList();
        var bad = _service.Account(keys[0], "deposit", "{");
        var places = await Task.WhenAll(deposits.Take(30).Append(bad).Concat(deposits.Skip(30)).Select(wire.SendAsync));
        var since = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(
            "the silo tells of its trouble, and 5 s pass",
            () => Stopwatch.GetElapsedTime(since) > Outage && _service.Health.Any(partition => partition.Reason is not null));
        Assert.Empty(deposits.SelectMany(deposit => wire.Received(record => record["requestid"] == deposit.RequestId)));

        _postgres.Pass();
        for (var number = 0; number < deposits.Count; number++)
        {
            var reply = await wire.ReplyAsync(deposits[number]);
            Assert.Equal(("accepted", (1L + (number / 3), 2L + (number / 3))), (reply.Status, reply.Versions));
        }

        Assert.Equal("undecodable", (await wire.ReplyAsync(bad)).Code);
        await _service.AllCommittedAsync();
        await wire.DeadLetterAsync(places[30]);
        Assert.Equal(bad.RequestId, Assert.Single(wire.Received(record => record["deadletterid"] is not null))["requestid"]);
        Assert.Single(wire.Received(record => record["status"] == "failed"));
    }
}
