using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Phoenix.Gateway.Hosting;
using Phoenix.Tests.Client;
using Xunit;

namespace Phoenix.Tests.Gateway;

/// <summary>A gateway on a free port, with the other end of its Kafka wire in the test's hands.</summary>
public sealed class RunningGateway : IAsyncDisposable
{
    public const string Token = "a-token-of-this-test-run";
    private const int Partitions = 3;
    private readonly WebApplication _app;

    private readonly ForeignSilo? _silo;

    private RunningGateway(WebApplication app, ForeignSilo? silo)
    {
        (_app, _silo) = (app, silo);
        Http = new() { BaseAddress = new(app.Urls.First()), DefaultRequestHeaders = { Authorization = new("Bearer", Token) } };
    }

    public HttpClient Http { get; }

    public ForeignSilo Silo => _silo ?? throw new InvalidOperationException("This gateway has a real cluster behind it.");

    public static async Task<RunningGateway> StartAsync(SharedKafka kafka, params (string Key, string Value)[] settings)
    {
        var prefix = $"t{Guid.NewGuid():N}";
        var bootstrap = await kafka.BootstrapAsync();
        await kafka.CreateTopicAsync($"{prefix}.shop.account.commands", Partitions);
        await kafka.CreateTopicAsync($"{prefix}.gateway.replies", Partitions);
        return await StartAsync(new ForeignSilo(bootstrap, $"{prefix}.shop.account.commands", Partitions), [.. settings, ("Phoenix:Kafka", bootstrap), ("Phoenix:TopicPrefix", prefix), ("Phoenix:Gateway:Token", Token)]);
    }

    /// <summary>A gateway before a real cluster.</summary>
    public static Task<RunningGateway> StartAsync(params (string Key, string Value)[] settings) => StartAsync(silo: null, settings);

    private static async Task<RunningGateway> StartAsync(ForeignSilo? silo, (string Key, string Value)[] settings)
    {
        // The first of two settings with the same key counts.
        var app = Build(settings);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app, silo);
    }

    public static WebApplication Build(params (string Key, string Value)[] settings) => GatewayHost.Build([], builder =>
    {
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)).DistinctBy(setting => setting.Key));
    });

    /// <summary>Posts JSON; headers as name and value.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Http.Dispose();
        _silo?.Dispose();
    }
}

public static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;

    /// <summary>The code of a problem, after checking that it is one.</summary>
    public static async Task<string?> ProblemCodeAsync(this HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return JsonDocument.Parse(text).RootElement.GetProperty("code").GetString();
    }
}
