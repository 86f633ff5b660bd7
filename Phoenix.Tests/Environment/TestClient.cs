using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Client;

namespace Phoenix.Tests;

/// <summary>A client application of its own, as a service outside the cluster hosts it.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    /// <summary>What it calls itself: the first part of its reply topic's name after the prefix.</summary>
    public const string Application = "tests";

    private readonly IHost _host;

    private TestClient(IHost host) => _host = host;

    public IPhoenixClient Phoenix => _host.Services.GetRequiredService<IPhoenixClient>();

    public static async Task<TestClient> StartAsync(string kafka, string topicPrefix, Action<PhoenixClientOptions>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        builder.Services.AddPhoenixClient(options =>
        {
            options.BootstrapServers = kafka;
            options.TopicPrefix = topicPrefix;
            options.ApplicationName = Application;
            options.RequestTimeout = TimeSpan.FromSeconds(30);
            configure?.Invoke(options);
        });
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IPhoenixClient>().Ready;
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
