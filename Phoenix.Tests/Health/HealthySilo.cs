using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.EventStore;
using Phoenix.Health;
using Phoenix.Hosting;
using Xunit;

namespace Phoenix.Tests.Health;

/// <summary>A silo with health endpoints, put together as Phoenix.Silo does.</summary>
internal sealed class HealthySilo : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private HealthySilo(WebApplication app) => (_app, _http) = (app, new() { BaseAddress = new(app.Urls.First()) });

    public IServiceProvider Services => _app.Services;

    public static async Task<HealthySilo> StartAsync(string database, string kafka = "", string prefix = "t")
    {
        var (port, gateway) = (TestSilo.FreePort(), TestSilo.FreePort());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(port, gateway, new IPEndPoint(IPAddress.Loopback, port), "phoenix", $"health-{port}");
            silo.AddPhoenix([typeof(global::Shop.Accounts.Account).Assembly], options =>
                (options.ConnectionString, options.Kafka, options.TopicPrefix, options.Partitions) = (database, kafka, prefix, 3));
            silo.AddPhoenixHealthChecks();
            silo.Configure<EventStoreOptions>(log => (log.AttemptTimeLimit, log.CommitTimeLimit, log.ReadTimeLimit) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)));
        });
        builder.Services.AddPhoenixHealth();
        var app = builder.Build();
        app.MapPhoenixHealth();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public Task<HealthAnswer> LiveAsync() => HealthAnswer.GetAsync(_http, "/health/live");

    public Task<HealthAnswer> ReadyAsync() => HealthAnswer.GetAsync(_http, "/health/ready");

    public Task<HealthAnswer> ReportAsync() => HealthAnswer.GetAsync(_http, "/health");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>What a health endpoint said.</summary>
internal sealed record HealthAnswer(HttpStatusCode Status, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public bool IsGood => Status == HttpStatusCode.OK;

    public static async Task<HealthAnswer> GetAsync(HttpClient http, string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A check by its name, of the report or of those that are unhealthy.</summary>
    public JsonElement Check(string name) =>
        (Json.TryGetProperty("checks", out var all) ? all : Json.GetProperty("unhealthy")).EnumerateArray().Single(check => check.GetProperty("name").GetString() == name);

    /// <summary>The names of what is unhealthy.</summary>
    public IReadOnlyList<string?> Unhealthy => Json.TryGetProperty("unhealthy", out var unhealthy) ? [.. unhealthy.EnumerateArray().Select(check => check.GetProperty("name").GetString())] : [];
}
