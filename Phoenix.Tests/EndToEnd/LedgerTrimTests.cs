using Phoenix.Ledger;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>An operator trims the ledger, and cannot take away what something known may bring back.</summary>
[Trait("Category", "Servers")]
public sealed class LedgerTrimTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private RunningService _service = null!;

    private ILedgerGrain Operator => _service.Silo.Grains.GetGrain<ILedgerGrain>(0);

    public async ValueTask InitializeAsync() => _service = await RunningService.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task what_a_topic_still_has_holds_its_rows_unless_somebody_knows_better()
    {
        var topic = $"topic {_service.Wire.CommandTopic("shop.account")}";
        var sent = DateTimeOffset.UtcNow;
        var key = await _service.NewAccountAsync();
        await AgeAsync(TimeSpan.FromDays(20));
        var before = sent.AddDays(-10);

        // A day is left for clocks that are wrong.
        var look = await Operator.Look();
        var hold = Assert.Single(look.Holds, one => one.Name == topic);
        Assert.InRange(hold.Since, sent.AddDays(-1).AddMinutes(-1), sent.AddDays(-1).AddMinutes(1));
        Assert.Equal((look.Holds[0].Since, "senders"), (look.Possible, look.Holds[0].Name));

        // The rows of yesterday are held by the topic, those of last week by senders only.
        await RefusedAsync(sent.AddDays(-2), [], "'senders'");
        await RefusedAsync(sent.AddHours(-1), ["senders"], $"'{topic}'");
        await RefusedAsync(before, ["no-such"], "Nothing called 'no-such' holds rows");

        await Operator.Trim(new() { Before = before, AtMost = 0 });
        await EndedAsync("refused", 0, "1 rows would be deleted, and at most 0 may");
        await Operator.Trim(new() { Before = before, AtMost = 1, Principal = "ops" });
        await EndedAsync("trimmed", 1, null);
        Assert.Empty(await _service.LedgerAsync($"shop.account/{key}"));
        Assert.False(await Operator.Stop());
    }

    [Fact]
    public async Task a_send_that_waits_holds_rows()
    {
        await Sql.ExecuteAsync(_service.Database, """
            insert into phoenix.phoenix_due (owner, name, due, payload, kind, scheduled, target, command, dead_since)
            values ('shop.account/x', 'send', now() + interval '1 day', '{}', 2, now() - interval '90 days', 'shop.account/y', 'shop.deposit', now())
            """);
        Assert.Equal("sends", (await Operator.Look()).Holds[0].Name);
        await RefusedAsync(DateTimeOffset.UtcNow.AddDays(-30), [], "'sends'");
    }

    [Fact]
    public void a_topic_whose_times_say_nothing_holds_all_of_them()
    {
        var now = DateTimeOffset.UtcNow;
        Assert.Equal(now.AddDays(-31), LedgerHolds.HeldSince(now.AddDays(-30), now));
        Assert.Equal(DateTimeOffset.UnixEpoch, LedgerHolds.HeldSince(now.AddDays(2), now));
        Assert.Equal(DateTimeOffset.UnixEpoch, LedgerHolds.HeldSince(DateTimeOffset.UnixEpoch, now));
    }

    private Task AgeAsync(TimeSpan age) =>
        Sql.ExecuteAsync(_service.Database, $"update phoenix.phoenix_ledger set recorded_at = recorded_at - interval '{age.TotalDays} days'");

    private async Task RefusedAsync(DateTimeOffset before, string[] ignored, string reason)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Operator.Trim(new() { Before = before, AtMost = 100, Ignored = ignored }));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private async Task EndedAsync(string state, long deleted, string? error)
    {
        await Eventually.TrueAsync($"it is {state}", async () => (await Operator.Status()).State == state);
        var status = await Operator.Status();
        Assert.Equal(deleted, status.Deleted);
        if (error is null) Assert.Null(status.Error);
        else Assert.Contains(error, status.Error, StringComparison.Ordinal);
    }
}
