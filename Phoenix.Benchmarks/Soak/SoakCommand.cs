using System.CommandLine;
using Phoenix.Benchmarks.Soak.Clients;

namespace Phoenix.Benchmarks.Soak;

/// <summary>The verb <c>soak</c> and the hidden one of its client processes.</summary>
internal static class SoakCommand
{
    public const string ClientVerb = "soak-client";

    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long clients send.", DefaultValueFactory = _ => 2 };
        var seed = new Option<int>("--seed") { Description = "Workload and faults are the same for the same seed.", DefaultValueFactory = _ => 1 };
        var workers = new Option<int>("--workers") { Description = "Requests that each of the two clients has under way.", DefaultValueFactory = _ => 16 };
        var json = new Option<FileInfo?>("--json") { Description = "File for the report." };
        var keep = new Option<DirectoryInfo?>("--keep") { Description = "Folder to run in and keep: logs, histories, data. Unless given, a folder that is deleted when all is well." };
        var recreate = new Option<bool>("--recreate-topics")
        {
            Description = "Delete the accounts' command topic and make it again in between. What is not read by then is gone with it, so "
                + "clients may not learn some ends.",
        };
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is < 0.5 or > 24 * 60) result.AddError("--minutes is 0.5 to 1,440.");
        });
        workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000) result.AddError("--workers is 1 to 1,000.");
        });
        var command = new Command("soak", "Three silos under load and faults; then independent histories are held against ledger and event log. Ends with 1 if any promise was broken.") { minutes, seed, workers, recreate, json, keep };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = parsed.GetValue(keep)?.FullName ?? Path.Combine(Path.GetTempPath(), $"phoenix-soak-{Guid.NewGuid():N}"[..21]);
            Directory.CreateDirectory(folder);
            var code = await new SoakRunner(
                TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed), parsed.GetValue(workers), parsed.GetValue(recreate),
                parsed.GetValue(json)?.FullName, folder).RunAsync(cancellation);
            if (code != 0) Console.Error.WriteLine($"Histories, logs and data are in {folder}.");
            else if (parsed.GetValue(keep) is null) Directory.Delete(folder, recursive: true);
            return code;
        });
        return command;
    }

    public static Command CreateClient()
    {
        var kafka = new Option<string>("--kafka") { Required = true };
        var prefix = new Option<string>("--prefix") { Required = true };
        var schema = new Option<string>("--schema") { Required = true };
        var number = new Option<int>("--number") { Required = true };
        var seed = new Option<int>("--seed") { Required = true };
        var workers = new Option<int>("--workers") { Required = true };
        var seconds = new Option<double>("--seconds") { Required = true };
        var file = new Option<string>("--file") { Required = true };
        var command = new Command(ClientVerb, "A client process of the soak.")
        {
            kafka, prefix, schema, number, seed, workers, seconds, file,
        };
        command.Hidden = true;
        command.SetAction((parsed, cancellation) => SoakClient.RunAsync(
            new(parsed.GetValue(kafka)!, parsed.GetValue(prefix)!,
                Environment.GetEnvironmentVariable(SoakClientOptions.PostgresVariable) ?? "", parsed.GetValue(schema)!,
                parsed.GetValue(number), parsed.GetValue(seed), parsed.GetValue(workers),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(file)!),
            cancellation));
        return command;
    }
}
