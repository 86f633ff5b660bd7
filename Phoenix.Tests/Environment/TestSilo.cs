using System.Net;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Hosting;
using Phoenix.SchemaRegistry;
using Xunit;

namespace Phoenix.Tests;

/// <summary>One silo in this process, as a host runs it.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost _host;

    private TestSilo(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public IServiceProvider Services => _host.Services;

    public static async Task<TestSilo> StartAsync(
        string connectionString, Action<PhoenixOptions>? configure = null, IReadOnlyCollection<Assembly>? domains = null, Action<ISiloBuilder>? silo = null,
        params IEnumerable<(string Key, string Value)> settings)
    {
        var siloPort = FreePort();
        var gatewayPort = FreePort();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.UseOrleans(orleans =>
        {
            // A cluster id of its own keeps silos of parallel tests apart.
            orleans.UseLocalhostClustering(siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, siloPort), "phoenix", $"test-{siloPort}");
            orleans.AddPhoenix(domains ?? [typeof(global::Shop.Accounts.Account).Assembly, typeof(TestSilo).Assembly], options =>
            {
                options.ConnectionString = connectionString;
                // Of each kind of aggregate, of which there are many in tests: one broker has them all.
                options.Partitions = 3;
                configure?.Invoke(options);
            });
            silo?.Invoke(orleans);
        });
        builder.AddSchemaRegistry();
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new(host);
    }

    /// <summary>A port for a silo; no two calls in a test run get the same.</summary>
    internal static int FreePort() => Phoenix.Local.FreePort.Find();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
