using System.CommandLine;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;
using Phoenix.Benchmarks.Scenarios;
using Phoenix.Local;
using Spectre.Console;

namespace Phoenix.Benchmarks;

/// <summary>The verbs of the program: one a scenario.</summary>
internal static class ScenarioCommand
{
    private const double MostSecondsForOneRound = 3;
    private const int MostRounds = 5;

    public static Command Create(Scenario scenario)
    {
        var seconds = new Option<double>("--seconds") { Description = "Measured time a side, after its warm-up.", DefaultValueFactory = _ => 30 };
        var warmUp = new Option<double>("--warmup") { Description = "Least warm-up a side, in seconds; shorter than the default gives no figures worth keeping.", DefaultValueFactory = _ => 25 };
        var rounds = new Option<int?>("--rounds") { Description = "Rounds that the measured time is spread over; 1 to 5 by its length unless given." };
        var json = new Option<FileInfo?>("--json") { Description = "File for the figures." };
        var work = new Option<DirectoryInfo?>("--work") { Description = "Folder for the servers' data, kept; a throw-away folder unless given." };
        foreach (var option in new[] { seconds, warmUp })
        {
            option.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<double>() is <= 0 or > 3600) result.AddError($"{option.Name} is more than 0 and at most 3,600 seconds.");
            });
        }

        var aggregates = new Option<int>("--aggregates") { Description = "Aggregates that are touched.", DefaultValueFactory = _ => 1_000_000 };
        var events = new Option<int>("--events") { Description = "Stored events that are published or projected.", DefaultValueFactory = _ => 500_000 };
        var command = new Command(scenario.Name, scenario.Notes) { seconds, warmUp, rounds, json, work };
        if (scenario is MemoryScenario) command.Add(aggregates);
        if (scenario.StoresEvents) command.Add(events);
        var of = new Option<string>("--of") { Description = "Which side is compared.", DefaultValueFactory = _ => BuildsScenario.Names[0] };
        of.AcceptOnlyFromAmong([.. BuildsScenario.Names]);
        var other = new Option<FileInfo>("--other") { Description = "The other build's program Phoenix.Benchmarks." };
        other.AcceptExistingOnly();
        if (scenario.ComparesBuilds)
        {
            command.Add(of);
            command.Add(other);
        }

        command.SetAction((parsed, cancellation) =>
        {
            var measured = parsed.GetValue(seconds);
            var plan = new Plan(
                measured, parsed.GetValue(warmUp), parsed.GetValue(rounds) ?? Math.Clamp((int)(measured / MostSecondsForOneRound), 1, MostRounds),
                scenario is MemoryScenario ? parsed.GetValue(aggregates) : 0, scenario.StoresEvents ? parsed.GetValue(events) : 0,
                scenario.ComparesBuilds && parsed.GetValue(other) is { } build ? (parsed.GetValue(of)!, build.FullName) : null);
            return RunAsync(scenario, plan, parsed.GetValue(json)?.FullName, parsed.GetValue(work)?.FullName, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(Scenario scenario, Plan plan, string? json, string? work, CancellationToken cancellation)
    {
        var folder = work ?? Path.Combine(Path.GetTempPath(), $"phoenix-bench-{Guid.NewGuid():N}"[..22]);
        try
        {
            var options = new InfrastructureOptions { WorkFolder = folder, Progress = step => AnsiConsole.MarkupLineInterpolated($"[grey]{step}[/]") };
            await using var servers = await Servers.StartAsync(options, scenario.NeedsKafka, cancellation);
            var started = new Stack<IAsyncDisposable>();
            try
            {
                var report = await scenario.RunAsync(servers, plan, started, cancellation);
                ReportTable.Print(report, scenario.Notes, servers);
                if (json is not null) await ReportJson.WriteAsync(json, report, scenario.Notes, plan, servers);
                return 0;
            }
            finally
            {
                while (started.TryPop(out var part)) await part.DisposeAsync();
            }
        }
        catch (Exception error) when (error is PartFailedException or InfrastructureNotFoundException or WorkFolderInUseException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{error.Message}[/]");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        finally
        {
            if (work is null && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
