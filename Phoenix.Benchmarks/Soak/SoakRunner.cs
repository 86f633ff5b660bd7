using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Phoenix.Benchmarks.Soak.Clients;
using Phoenix.Local;
using Phoenix.Runs.Bookkeeping;
using Phoenix.Runs.Checking;
using Phoenix.Runs.Faults;
using Phoenix.Runs.Histories;
using Phoenix.Runs.Samples;
using Spectre.Console;

namespace Phoenix.Benchmarks.Soak;

/// <summary>Runs a cluster under load and faults for a time, and then judges it.</summary>
internal sealed class SoakRunner(TimeSpan length, int seed, int workers, bool recreatesTopics, string? json, string folder)
{
    private const int Clients = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    /// <summary>0 without violations, otherwise 1.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var options = new InfrastructureOptions { WorkFolder = folder, Progress = step => AnsiConsole.MarkupLineInterpolated($"[grey]{step}[/]") };
        await using var cluster = await SoakCluster.StartAsync(options, recreatesTopics, cancellation);
        var files = Enumerable.Range(0, Clients).Select(number => Path.Combine(folder, $"history-{number}.jsonl")).ToList();
        var clients = files.Select((file, number) => StartClient(cluster, number, file)).ToList();
        try
        {
            await AnsweredAsync(files, clients, cancellation);
            using var settled = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var letters = Task.Run(() => LetterOperator.WorkAsync(
                cluster.Postgres.ConnectionString, cluster.Names.Schema, SoakClient.Account(0), settled.Token), CancellationToken.None);
            var faults = await BreakAsync(cluster, cancellation);
            foreach (var client in clients) await client.WaitForExitAsync(cancellation).WaitAsync(length + TimeSpan.FromMinutes(3), cancellation);
            await settled.CancelAsync();
            await letters;
            return await JudgeAsync(cluster, files, faults, clients.Count(client => client.ExitCode != 0), cancellation);
        }
        finally
        {
            foreach (var client in clients)
            {
                if (!client.HasExited) client.Kill();
                client.Dispose();
            }
        }
    }

    /// <summary>Waits until every client has had an answer: the time that clients take to start is nobody's unavailability.</summary>
    private static async Task AnsweredAsync(List<string> files, List<Process> clients, CancellationToken cancellation)
    {
        while (!clients.Exists(client => client.HasExited) && !files.TrueForAll(HasAnswer)) await Task.Delay(Look, cancellation);

        static bool HasAnswer(string file) => File.Exists(file) && HistoryFile.Read(file).Any(record => record.Event is ClientEvent.Accepted or ClientEvent.Rejected);
    }

    private async Task<List<(FaultKind Kind, long At)>> BreakAsync(SoakCluster cluster, CancellationToken cancellation)
    {
        var injected = new List<(FaultKind, long)>();
        var started = Stopwatch.GetTimestamp();
        foreach (var fault in FaultSchedule.Create(seed, length, SoakCluster.Count, cluster.Kinds))
        {
            // A fault that took longer than the schedule thought pushes the next one back.
            if (fault.At - Stopwatch.GetElapsedTime(started) is var wait && wait > TimeSpan.Zero) await Task.Delay(wait, cancellation);
            if (Stopwatch.GetElapsedTime(started) > length) break;
            AnsiConsole.MarkupLineInterpolated($"[grey]{Stopwatch.GetElapsedTime(started):mm\\:ss} {fault.Kind} {fault.Silo}[/]");
            injected.Add((fault.Kind, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
            await cluster.InjectAsync(fault, cancellation);
        }

        return injected;
    }

    private async Task<int> JudgeAsync(SoakCluster cluster, List<string> files, List<(FaultKind Kind, long At)> faults, int deadClients, CancellationToken cancellation)
    {
        var history = files.SelectMany(HistoryFile.Read).ToList();
        await using var database = NpgsqlDataSource.Create(cluster.Postgres.ConnectionString);
        var log = await SettledAsync(new LogReader(
            database, cluster.Names.Schema, ShopCluster.WarehouseSchema(cluster.Names.Schema), cluster.Names.TopicPrefix), history, cancellation);
        var stored = log.Events.Where(entry => entry.Stream.StartsWith(StoredLog.AccountPrefix, StringComparison.Ordinal))
            .Select(entry => new PublishedEvent(entry.Stream, entry.Version)).ToList();
        var published = PublishedTopic.Read(
            cluster.Kafka.BootstrapServers, $"{cluster.Names.TopicPrefix}.shop.account.events", stored.Count, Patience);
        IReadOnlyList<Violation> violations =
        [
            .. Checker.Check(history, log),
            .. await AccountAsync(cluster, database, log, cancellation),
            .. await Verification.RunAsync(cluster.Postgres.ConnectionString, cluster.Names.Schema, cancellation),
            .. PublishedTopic.Compare(stored, published)
            .Select(difference => new Violation(ViolationKind.PublicationDiffers, difference.Stream, difference.Finding)),
        ];
        var commands = history.Where(record => record.Stream != Bonuses.Stream).ToList();
        var report = SoakReport.Of(seed, length, cluster.Kafka.Description, commands, log, faults,
            violations) with { EventsPublished = published.Count, Bonuses = history.Count(record => record.Stream == Bonuses.Stream && record.Event == ClientEvent.Accepted) };
        var text = JsonSerializer.Serialize(report, Indented);
        if (json is not null) await File.WriteAllTextAsync(json, text, cancellation);
        Console.WriteLine(text);
        if (deadClients > 0) Console.Error.WriteLine($"{deadClients} client(s) ended badly; their histories count as far as they go.");
        return violations.Count == 0 && deadClients == 0 && report.Commands.GetValueOrDefault("accepted") > 0 ? 0 : 1;
    }

    /// <summary>Every record of the command topic has its end. Letters come to their list a moment after they were written.</summary>
    private static async Task<IReadOnlyList<Violation>> AccountAsync(
        SoakCluster cluster, NpgsqlDataSource database, StoredLog log, CancellationToken cancellation)
    {
        var prefix = cluster.Names.TopicPrefix;
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            var letters = await Letters.ReadAsync(database, cluster.Names.Schema, cancellation);
            var topic = await TopicReader.ReadAsync(
                cluster.Kafka.BootstrapServers, GarbageWriter.TopicOf(prefix), GarbageWriter.RepliesOf(prefix));
            IReadOnlyList<Violation> found = [.. Garbage.Check(topic, log.Ledger, letters.Places), .. Letters.Check(letters)];
            if (found.Count == 0 || Stopwatch.GetElapsedTime(started) > Patience)
            {
                var garbage = topic.Records.Count(record => record.Expected is not null);
                var states = string.Join(", ", letters.States.Select(state => $"{state.Value} {state.Key}"));
                AnsiConsole.MarkupLineInterpolated(
                    $"[grey]{topic.Records.Count} records of accounts, {garbage} of them garbage; letters: {states}[/]");
                return found;
            }

            await Task.Delay(TimeSpan.FromSeconds(2), cancellation);
        }
    }

    /// <summary>
    /// Reads until nothing changes, nothing is due, bonuses have come and the read model has caught up, or two minutes have passed: late redeliveries may
    /// still add to the log, and a transaction that lost its coordinator is taken up within half a minute.
    /// </summary>
    private static async Task<StoredLog> SettledAsync(LogReader reader, List<HistoryRecord> history, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var log = await reader.ReadAsync(cancellation);
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(3), cancellation);
            var again = await reader.ReadAsync(cancellation);
            var isCurrent = again.Due == 0 && !Bonuses.Check(history, again).Any() && again.Streams.All(stream =>
                !stream.Key.StartsWith(StoredLog.AccountPrefix, StringComparison.Ordinal)
                    || again.Accounts.GetValueOrDefault(stream.Key)?.Version == stream.Value);
            if ((again.Events.Count == log.Events.Count && again.Ledger.Count == log.Ledger.Count && isCurrent)
                || Stopwatch.GetElapsedTime(started) > Patience) return again;
            log = again;
        }
    }

    private Process StartClient(SoakCluster cluster, int number, string file)
    {
        var client = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, Arguments(
            SoakCommand.ClientVerb, "--kafka", cluster.Kafka.BootstrapServers, "--prefix", cluster.Names.TopicPrefix,
            "--schema", cluster.Names.Schema, "--number", Text(number), "--seed", Text(seed), "--workers", Text(workers),
            "--seconds", Text(length.TotalSeconds), "--file", file))
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
                Environment = { [SoakClientOptions.PostgresVariable] = cluster.Postgres.ConnectionString },
            })!;
        // librdkafka has much to say about a broker that is away.
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(folder, $"client-{number}.log")) { AutoFlush = true });
        client.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        client.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        client.BeginOutputReadLine();
        client.BeginErrorReadLine();
        return client;
    }

    // Run by `dotnet file.dll`, the process is dotnet and needs the file again.
    private static string[] Arguments(params string[] arguments) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(SoakRunner).Assembly.Location, .. arguments] : arguments;

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
