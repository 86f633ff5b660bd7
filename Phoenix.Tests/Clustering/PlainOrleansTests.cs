using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Clustering;
using Phoenix.Local;
using Xunit;

namespace Phoenix.Tests.Clustering;

/// <summary>An Orleans application that uses this provider and nothing else of Phoenix.</summary>
[Trait("Category", "Servers")]
public sealed class PlainOrleansTests(SharedPostgres postgres)
{
    [Fact]
    public async Task silos_and_clients_find_each_other_and_reminders_are_kept()
    {
        var database = await postgres.NewDatabaseAsync();
        using var first = await StartSiloAsync(database);
        using var second = await StartSiloAsync(database);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client.UsePostgresClustering(options => options.ConnectionString = database).Configure<ClusterOptions>(Name));
        using var client = builder.Build();
        await client.StartAsync();
        var grains = client.Services.GetRequiredService<IGrainFactory>();

        var management = grains.GetGrain<IManagementGrain>(0);
        await Eventually.TrueAsync("both silos are active", async () => (await management.GetHosts(onlyActive: true)).Count == 2);
        var reminded = grains.GetGrain<IRemindedGrain>("r-1");
        Assert.Equal(["wake"], await reminded.RegisterAsync("wake"));
        await Eventually.TrueAsync("the reminder ticks", async () => await reminded.TicksAsync() > 0);
        Assert.Empty(await reminded.UnregisterAsync("wake"));

        await second.StopAsync();
        await Eventually.TrueAsync("the stopped silo has left", async () => (await management.GetHosts(onlyActive: true)).Count == 1);
        await client.StopAsync();
        await first.StopAsync();
    }

    [Fact]
    public async Task a_silo_without_a_connection_string_does_not_start_and_says_why()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartSiloAsync(""));
        Assert.Contains("PostgresClusteringOptions.ConnectionString is empty", error.Message, StringComparison.Ordinal);
    }

    private static async Task<IHost> StartSiloAsync(string database)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        builder.UseOrleans(silo => silo
            .UsePostgresClustering(options => options.ConnectionString = database)
            .UsePostgresReminders(options => options.ConnectionString = database)
            .ConfigureEndpoints(IPAddress.Loopback, FreePort.Find(), FreePort.Find())
            .Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100))
            .Configure<ClusterOptions>(Name));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static void Name(ClusterOptions options) => (options.ClusterId, options.ServiceId) = ("plain", "plain");
}

/// <summary>A grain with reminders.</summary>
public interface IRemindedGrain : IGrainWithStringKey
{
    Task<string[]> RegisterAsync(string name);

    Task<string[]> UnregisterAsync(string name);

    Task<int> TicksAsync();
}

public sealed class RemindedGrain : Grain, IRemindedGrain, IRemindable
{
    private int _ticks;

    public async Task<string[]> RegisterAsync(string name)
    {
        await this.RegisterOrUpdateReminder(name, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));
        return await NamesAsync();
    }

    public async Task<string[]> UnregisterAsync(string name)
    {
        await this.UnregisterReminder((await this.GetReminder(name))!);
        return await NamesAsync();
    }

    public Task<int> TicksAsync() => Task.FromResult(_ticks);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _ticks++;
        return Task.CompletedTask;
    }

    private async Task<string[]> NamesAsync() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName)];
}
