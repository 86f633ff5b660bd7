using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.Faults;
using Phoenix.Messages;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Health;

/// <summary>PostgreSQL goes away and comes back (guarantee 5): the silo says so, goes on living, and is ready again by itself.</summary>
[Trait("Category", "Servers")]
public sealed class StorageOutageHealthTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PostgresFaultProxy _proxy = null!;
    private HealthySilo _silo = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _proxy = new PostgresFaultProxy(_database);
        _silo = await HealthySilo.StartAsync(_proxy.ConnectionString);
        await Eventually.TrueAsync("the silo is ready", async () => (await _silo.ReadyAsync()).IsGood);
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.Pass();
        await _silo.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_idle_silo_notices_an_outage_and_its_end(bool refused)
    {
        var before = DateTimeOffset.UtcNow;
        if (refused) _proxy.RefuseNew();
        else _proxy.BlackHole();
        if (refused) _proxy.CutAll();
        await UnreadyForStorageAsync(before);

        _proxy.Pass();
        await Eventually.TrueAsync("ready again", async () => (await _silo.ReadyAsync()).IsGood);
        Assert.Equal("healthy", (await _silo.ReportAsync()).Check("storage").GetProperty("status").GetString());
    }

    [Fact]
    public async Task commits_that_fail_make_it_unready_and_one_that_succeeds_ready()
    {
        var account = _silo.Services.GetRequiredService<IGrainFactory>().GetGrain<IAccountGrain>("a-1");
        await account.Execute(new OpenAccount("Ann"));
        var before = DateTimeOffset.UtcNow;
        _proxy.RefuseNew();
        _proxy.CutAll();
        await Assert.ThrowsAnyAsync<CommandException>(() => account.Execute(new Deposit(1)));
        await UnreadyForStorageAsync(before);

        _proxy.Pass();
        // Connections that the outage left broken are found out one by one.
        await Eventually.TrueAsync("a commit succeeds", () => SucceedsAsync(account));
        await Eventually.TrueAsync("ready again", async () => (await _silo.ReadyAsync()).IsGood);
    }

    private static async Task<bool> SucceedsAsync(IAccountGrain account)
    {
        try
        {
            await account.Execute(new Deposit(1));
            return true;
        }
        catch (CommandException)
        {
            return false;
        }
    }

    private async Task UnreadyForStorageAsync(DateTimeOffset before)
    {
        await Eventually.TrueAsync("not ready, for storage", async () => (await _silo.ReadyAsync()).Unhealthy.Contains("storage"));
        var report = await _silo.ReportAsync();
        var storage = report.Check("storage");
        Assert.Equal((false, "unhealthy"), (report.IsGood, storage.GetProperty("status").GetString()));
        Assert.InRange(storage.GetProperty("since").GetDateTimeOffset(), before, DateTimeOffset.UtcNow);
        Assert.Contains("PostgreSQL", storage.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.True((await _silo.LiveAsync()).IsGood);
        Assert.True(report.Json.GetProperty("live").GetBoolean());

        var settings = new NpgsqlConnectionStringBuilder(_database);
        foreach (var secret in (string?[])[settings.Database, settings.Username, settings.Password, $"{_proxy.Port}", "Host="])
            Assert.DoesNotContain(string.IsNullOrEmpty(secret) ? "Host=" : secret, report.Text, StringComparison.OrdinalIgnoreCase);
        // The time of the first failure stays.
        Assert.Equal(storage.GetProperty("since").GetDateTimeOffset(), (await _silo.ReportAsync()).Check("storage").GetProperty("since").GetDateTimeOffset());
    }
}
