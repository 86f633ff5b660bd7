using System.Diagnostics;
using System.Globalization;
using Phoenix.Local;
using Phoenix.Tests.EndToEnd;
using Xunit;

namespace Phoenix.Tests.Infrastructure;

/// <summary>Servers do not outlive the program that started them, and its successor takes over their data.</summary>
[Trait("Category", "Servers")]
public sealed class OutlivingTests
{
    [Fact]
    public async Task servers_end_when_the_program_that_started_them_is_killed()
    {
        using var folder = new TestFolder();
        using var program = await StartAsync(folder);
        var servers = ServerProcesses(folder);
        Assert.NotEmpty(servers);

        program.Kill();
        await program.WaitForExitAsync(Token);

        foreach (var server in servers)
            await server.WaitForExitAsync(Token);
    }

    [Fact]
    public async Task a_program_started_right_after_its_predecessor_was_killed_gets_the_servers_going()
    {
        using var folder = new TestFolder();
        using (var predecessor = await StartAsync(folder))
        {
            predecessor.Kill();
            await predecessor.WaitForExitAsync(Token);
        }

        await using var server = await PostgresServer.StartAsync(TestOptions.In(folder), Token);

        Assert.Equal(1, await Sql.ScalarAsync(server.ConnectionString, "select 1"));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<Process> StartAsync(TestFolder folder)
    {
        var start = AppHostProgram.StartInfo("infrastructure", "--work", folder.Path);
        start.RedirectStandardOutput = true;
        start.Environment.Remove(ConfiguredPostgres.Variable);
        start.Environment.Remove(ConfiguredKafka.Variable);
        var program = Process.Start(start)!;
        while (await program.StandardOutput.ReadLineAsync(Token) is { } line)
            if (line.StartsWith(ConfiguredKafka.Variable, StringComparison.Ordinal))
                return program;
        throw new InvalidOperationException($"The program ended with exit code {program.ExitCode} instead of starting servers.");
    }

    private static Process[] ServerProcesses(TestFolder folder) =>
        [.. Directory.EnumerateFiles(folder.Path, "*.log.pid", SearchOption.AllDirectories)
            .Select(file => Process.GetProcessById(int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture)))];
}
