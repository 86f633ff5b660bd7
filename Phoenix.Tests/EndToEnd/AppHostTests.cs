using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Phoenix.Local.Processes;
using Phoenix.Tests.Cluster;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>The two commands of the README, as processes.</summary>
[Trait("Category", "Servers")]
[Collection(ClusterTests.Name)]
public sealed partial class AppHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task a_cluster_answers_stops_cleanly_on_ctrl_c_and_keeps_what_postgres_holds()
    {
        using var folder = new TestFolder();
        using (var first = await RunningAppHost.StartAsync(folder))
        {
            using var opened = await first.Http.PostAsJsonAsync("v1/aggregates/shop.account/a-1/commands/shop.open-account", new { owner = "Ann", openingDeposit = 100 });
            Assert.True(opened.IsSuccessStatusCode, await opened.Content.ReadAsStringAsync());
            await first.StopAsync();
        }

        using var second = await RunningAppHost.StartAsync(folder);
        var state = await second.Http.GetFromJsonAsync<JsonElement>("v1/aggregates/shop.account/a-1");
        Assert.Equal(2, state.GetProperty("version").GetInt64());
        Assert.Equal(100m, state.GetProperty("state").GetProperty("balance").GetDecimal());
        await second.StopAsync();
    }

    [Fact]
    public async Task a_silo_that_dies_is_told_with_the_end_of_its_log_and_started_again()
    {
        using var folder = new TestFolder();
        using var cluster = await RunningAppHost.StartAsync(folder);
        using var opened = await cluster.Http.PostAsJsonAsync("v1/aggregates/shop.account/a-1/commands/shop.open-account", new { owner = "Ann", openingDeposit = 100 });
        Assert.True(opened.IsSuccessStatusCode, await opened.Content.ReadAsStringAsync());

        Kill(folder, "silo");
        await cluster.SaysAsync("The silo has ended, with exit code 137.");
        await cluster.SaysAsync("The silo runs again.");
        using var paid = await cluster.Http.PostAsJsonAsync("v1/aggregates/shop.account/a-1/commands/shop.deposit", new { amount = 1 });
        Assert.True(paid.IsSuccessStatusCode, await paid.Content.ReadAsStringAsync());
        await cluster.StopAsync();
    }

    [Fact]
    public async Task with_no_restart_one_that_dies_is_told_and_stays_down()
    {
        using var folder = new TestFolder();
        using var cluster = await RunningAppHost.StartAsync(folder, "work", "--no-restart");
        Kill(folder, "gateway");
        await cluster.SaysAsync("The gateway stays down (--no-restart).");
        await cluster.StopAsync();
    }

    [Fact]
    public async Task two_that_start_at_once_get_addresses_of_their_own()
    {
        using var folders = new TestFolder();
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(number => RunningAppHost.StartAsync(folders, $"work{number}")));
        foreach (var each in both)
        {
            using var opened = await each.Http.PostAsJsonAsync("v1/aggregates/shop.account/a-1/commands/shop.open-account", new { owner = "Ann" });
            Assert.True(opened.IsSuccessStatusCode, await opened.Content.ReadAsStringAsync());
        }

        Assert.NotEqual(both[0].Http.BaseAddress, both[1].Http.BaseAddress);
        foreach (var each in both)
        {
            await each.StopAsync();
            each.Dispose();
        }
    }

    [Fact]
    public async Task a_domain_that_is_not_there_is_named_before_anything_starts()
    {
        using var folder = new TestFolder();
        var start = AppHostProgram.StartInfo("--work", Path.Combine(folder.Path, "work"), "--domain", "/nowhere/Shop.dll");
        start.RedirectStandardError = true;
        using var program = Process.Start(start)!;
        Assert.Contains("/nowhere/Shop.dll", await program.StandardError.ReadToEndAsync().WaitAsync(Patience), StringComparison.Ordinal);
        await program.WaitForExitAsync().WaitAsync(Patience);
        Assert.NotEqual(0, program.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "work")));
    }

    [Fact]
    public async Task the_demo_writes_its_figures_and_ends_with_0_when_the_books_agree()
    {
        using var folder = new TestFolder();
        var json = Path.Combine(folder.Path, "out.json");
        using var demo = Process.Start(AppHostProgram.StartInfo("demo", "--commands", "200", "--silos", "3", "--json", json))!;
        await demo.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(0, demo.ExitCode);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(json));
        long Figure(string name) => report.RootElement.GetProperty(name).GetInt64();
        Assert.Equal(3, Figure("silos"));
        Assert.Equal((200, 210, 210, 10, 0), (Figure("commands"), Figure("sent"), Figure("replies"), Figure("duplicatesSent"), Figure("effectsDoubled")));
        Assert.Equal(200, Figure("accepted") + Figure("rejected"));
        Assert.True(Figure("rejected") > 0);
    }

    private static void Kill(TestFolder folder, string program)
    {
        using var process = Process.GetProcessById(SupervisedProcess.ReadProcessId(Path.Combine(folder.Path, "work", $"{program}.log"))!.Value);
        process.Kill();
    }

    private sealed partial class RunningAppHost : IDisposable
    {
        private readonly Process _process;

        private RunningAppHost(Process process, Uri gateway, string token)
        {
            _process = process;
            Http = new HttpClient { BaseAddress = gateway, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        }

        public HttpClient Http { get; }

        public static async Task<RunningAppHost> StartAsync(TestFolder folder, string work = "work", params string[] more)
        {
            var start = AppHostProgram.StartInfo(["--work", Path.Combine(folder.Path, work), .. more]);
            start.RedirectStandardOutput = true;
            var process = Process.Start(start)!;
            using var patience = new CancellationTokenSource(Patience);
            Uri? gateway = null;
            var said = new List<string>();
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line && !line.Contains("Ctrl-C", StringComparison.Ordinal))
            {
                said.Add(line);
                if (GatewayRow().Match(line) is { Success: true } row) gateway = new Uri(row.Groups["address"].Value);
            }

            if (gateway is null) Assert.Fail($"No gateway:\n{string.Join('\n', said)}");
            return new(process, gateway, await File.ReadAllTextAsync(Path.Combine(folder.Path, work, "gateway.token"), patience.Token));
        }

        /// <summary>Waits until it says this.</summary>
        public async Task SaysAsync(string text)
        {
            using var patience = new CancellationTokenSource(Patience);
            var said = new List<string>();
            while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                said.Add(line);
                if (line.Contains(text, StringComparison.Ordinal)) return;
            }

            Assert.Fail($"It ended without a word of '{text}':\n{string.Join('\n', said)}");
        }

        public async Task StopAsync()
        {
            using var interrupting = Process.Start("kill", ["-INT", $"{_process.Id}"]);
            await _process.WaitForExitAsync().WaitAsync(Patience);
            Assert.Equal(0, _process.ExitCode);
        }

        public void Dispose()
        {
            Http.Dispose();
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
        }

        [GeneratedRegex(@"gateway\s+│ (?<address>http://\S+)")]
        private static partial Regex GatewayRow();
    }
}
