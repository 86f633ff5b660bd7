using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Phoenix.Health;
using Xunit;

namespace Phoenix.Tests.Health;

/// <summary>The endpoints themselves, with checks and a clock in the test's hands.</summary>
public sealed class EndpointTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private HealthCheckResult _queue = HealthCheckResult.Healthy();
    private WebApplication? _app;
    private HttpClient? _http;

    public async ValueTask DisposeAsync()
    {
        _time.Advance(TimeSpan.FromHours(1));
        _http?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }

    [Fact]
    public async Task a_check_that_fails_is_named_with_the_time_it_began_and_its_reason()
    {
        await StartAsync();
        Assert.True((await GetAsync("/health/live")).IsGood);
        _time.Advance(TimeSpan.FromMinutes(1));
        _queue = HealthCheckResult.Unhealthy("It is stuck.");
        Assert.Equal(["queue"], (await GetAsync("/health/live")).Unhealthy);
        _time.Advance(TimeSpan.FromMinutes(1));

        var check = (await GetAsync("/health")).Check("queue");
        Assert.Equal(("unhealthy", "It is stuck.", new DateTimeOffset(2026, 1, 2, 3, 5, 5, TimeSpan.Zero)),
            (check.GetProperty("status").GetString(), check.GetProperty("reason").GetString(), check.GetProperty("since").GetDateTimeOffset()));
        Assert.True((await GetAsync("/health/ready")).IsGood);
        _queue = HealthCheckResult.Healthy();
        Assert.True((await GetAsync("/health/live")).IsGood);
    }

    [Fact]
    public async Task what_an_exception_says_is_not_told()
    {
        await StartAsync();
        _queue = HealthCheckResult.Unhealthy("Host=db;Password=secret", new InvalidOperationException("Password=secret"));
        var report = await GetAsync("/health");
        Assert.DoesNotContain("secret", report.Text, StringComparison.Ordinal);
        Assert.Contains(nameof(InvalidOperationException), report.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_stop_makes_it_unready_first_and_is_held_back_while_all_still_works()
    {
        await StartAsync(("Phoenix:Shutdown:NotReadyDelay", "00:00:10"));
        Assert.True((await GetAsync("/health/ready")).IsGood);
        var stopping = StopAsync();

        await Eventually.TrueAsync("it is not ready", async () => (await GetAsync("/health/ready")).Unhealthy.Contains("shutdown"));
        Assert.True((await GetAsync("/health/live")).IsGood);
        Assert.False(stopping.IsCompleted);
        await Eventually.TrueAsync("it stops when the delay has passed", () =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            return stopping.IsCompleted;
        });
        await stopping;

        // What SIGTERM does: the application's lifetime first, then the host.
        async Task StopAsync()
        {
            _app!.Lifetime.StopApplication();
            await _app.StopAsync();
        }
    }

    [Fact]
    public async Task the_hosts_time_limit_covers_delay_and_drain()
    {
        await StartAsync(("Phoenix:Shutdown:NotReadyDelay", "00:00:07"), ("Phoenix:Shutdown:DrainTimeLimit", "00:00:20"));
        Assert.Equal(TimeSpan.FromSeconds(27), _app!.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Theory]
    [InlineData("Phoenix:Shutdown:NotReadyDelay", "-00:00:01")]
    [InlineData("Phoenix:Shutdown:DrainTimeLimit", "00:00:00")]
    public async Task a_setting_out_of_range_is_named(string key, string value) =>
        Assert.Contains(key, (await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync((key, value)))).Message,
            StringComparison.Ordinal);

    private Task<HealthAnswer> GetAsync(string path) => HealthAnswer.GetAsync(_http!, path);

    private async Task StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddPhoenixHealth();
        builder.Services.AddHealthChecks().AddCheck("queue", () => _queue, tags: [HealthTags.Live]);
        _app = builder.Build();
        _app.MapPhoenixHealth();
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _http = new() { BaseAddress = new(_app.Urls.First()) };
    }
}
