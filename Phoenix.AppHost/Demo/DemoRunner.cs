using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Phoenix.Local;
using Phoenix.Local.Processes;
using Phoenix.Local.Programs;
using Phoenix.Runs.Bookkeeping;
using Phoenix.Runs.Samples;
using Spectre.Console;

namespace Phoenix.AppHost.Demo;

/// <summary>Runs the demo in its folder: cluster, client process, books, report.</summary>
internal sealed class DemoRunner(int commands, string? json, string? keep, int silos)
{
    private const int Seed = 20_261_123;
    private static readonly TimeSpan PublicationPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>0 only if the books agree.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var folder = keep ?? Path.Combine(Path.GetTempPath(), $"phoenix-demo-{Guid.NewGuid():N}"[..21]);
        Directory.CreateDirectory(folder);
        // Not after minutes of work.
        if (json is not null) Directory.CreateDirectory(Path.GetDirectoryName(json)!);
        try
        {
            var report = await InAsync(folder, cancellationToken);
            if (json is not null) await report.WriteAsync(json);
            DemoScreen.Print(report);
            if (keep is not null) DemoScreen.PrintKept(folder);
            return report.BooksAgree ? 0 : 1;
        }
        finally
        {
            if (keep is null) Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<DemoReport> InAsync(string folder, CancellationToken cancellationToken)
    {
        var options = new InfrastructureOptions { WorkFolder = folder, Progress = step => AnsiConsole.MarkupLineInterpolated($"[grey]{step}[/]") };
        // Servers that were there before us hold other things, and a kept folder an earlier demo: names of our own keep them apart.
        var mark = Guid.NewGuid().ToString("N")[..8];
        var names = new ClusterNames($"demo_{mark}", $"demo-{mark}") { Silos = silos }.WithShop().WithWarehouse();
        await using var cluster = await LocalCluster.StartAsync(options, names, cancellationToken);
        await using var database = NpgsqlDataSource.Create(cluster.Postgres.ConnectionString);
        var run = await DriveAsync(cluster, names, folder, cancellationToken);
        var answered = Stopwatch.GetTimestamp();
        var books = new Books(database, names.Schema);
        await UntilAsync(books.TransactionsHaveEndedAsync, books, "Transactions had not all ended", answered, cancellationToken);
        await UntilAsync(async token => await books.PaymentsReceivedAsync(token) >= Payments + Workload.Openings(commands) + 1, books,
            "Payments had not all been received", answered, cancellationToken);
        await UntilAsync(token => books.ParcelsAreHandedOverAsync(ShopCluster.WarehouseSchema(names.Schema), token), books,
            "Parcels had not all been handed over", answered, cancellationToken);
        var ended = Stopwatch.GetTimestamp();
        await UntilAsync(books.ReadModelIsCurrentAsync, books, "The read model was not current", ended, cancellationToken);
        var lag = Math.Round(Stopwatch.GetElapsedTime(ended).TotalMilliseconds, 1);
        await AnsiConsole.Status().StartAsync("checking the books", async _ =>
        {
            await books.RepliesAgainstLedgerAsync(run.Outcomes, commands, cancellationToken);
            await books.LedgerAgainstEventsAsync(cancellationToken);
            await books.EventsAgainstReadModelAsync(cancellationToken);
            await books.TransfersAsync(run.Transfers, cancellationToken);
            await books.OrdersAsync(run.Orders, cancellationToken);
            await books.PurchasesAsync(run.Purchases, ShopCluster.WarehouseSchema(names.Schema), Workload.Goods(commands).Pieces, cancellationToken);
            await books.PaymentsAsync(Payments, Workload.Openings(commands), cancellationToken);
            var shown = await ShownReadModels.ReadAsync(cluster.Gateway.Address, cluster.TokenFile, cancellationToken);
            var placed = Workload.Orders(commands, Seed).Where(order => run.Orders.Any(end => end.Id == order.Key)).ToDictionary();
            var orders = await books.TransactionsAsync("shop.order", cancellationToken);
            books.Differences.AddRange(shown.Differences(
                Workload.Openings(commands), await books.MoneyAsync(cancellationToken), placed, orders.Completed));
        });
        var published = await PublishedAsync(cluster, names, books, cancellationToken);
        var report = await ReportAsync(cluster, run, books, lag, published, cancellationToken);
        foreach (var schema in keep is null && cluster.Postgres.Kind == "external" ? [names.Schema, ShopCluster.WarehouseSchema(names.Schema)] : (string[])[])
            await DropAsync(database, schema);
        return report;
    }

    private async Task<DemoRun> DriveAsync(LocalCluster cluster, ClusterNames names, string folder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "outcomes.json");
        var start = DotnetProgram.StartInfo(
            typeof(DemoRunner).Assembly.Location, DemoClient.Verb, "--kafka", cluster.Kafka.BootstrapServers, "--prefix", names.TopicPrefix,
            "--commands", commands.ToString(CultureInfo.InvariantCulture), "--seed", Seed.ToString(CultureInfo.InvariantCulture), "--file", file);
        start.RedirectStandardOutput = true;
        using var client = Process.Start(start)!;
        await DemoScreen.ProgressAsync(commands + (commands / 20), async advance =>
        {
            while (await client.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                if (int.TryParse(line, CultureInfo.InvariantCulture, out var done)) advance(done);
            }
        });
        await client.WaitForExitAsync(cancellationToken);
        if (client.ExitCode != 0) throw new ServerDidNotStartException("the demo's client", $"its process ended with exit code {client.ExitCode}.", "(see above)");
        await using var input = File.OpenRead(file);
        return (await JsonSerializer.DeserializeAsync<DemoRun>(input, cancellationToken: cancellationToken))!;
    }

    private static async Task UntilAsync(
        Func<CancellationToken, Task<bool>> isSo, Books books, string otherwise, long since, CancellationToken cancellationToken)
    {
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await isSo(cancellationToken))
        {
            if (Stopwatch.GetElapsedTime(since) > Patience)
            {
                books.Differences.Add($"{otherwise} {Patience.TotalSeconds:0} s after the last reply.");
                break;
            }

            await rhythm.WaitForNextTickAsync(cancellationToken);
        }
    }

    private static async Task<int> PublishedAsync(
        LocalCluster cluster, ClusterNames names, Books books, CancellationToken cancellationToken)
    {
        var stored = await books.AccountEventsAsync(cancellationToken);
        var published = await Task.Run(() => PublishedTopic.Read(cluster.Kafka.BootstrapServers,
            $"{names.TopicPrefix}.shop.account.events", stored.Count, PublicationPatience), cancellationToken);
        books.Differences.AddRange(
            PublishedTopic.Compare(stored, published).Select(difference => $"{difference.Stream}: {difference.Finding}"));
        return published.Count;
    }

    private async Task<DemoReport> ReportAsync(
        LocalCluster cluster, DemoRun run, Books books, double lag, int published, CancellationToken cancellationToken)
    {
        var times = run.Outcomes.Select(outcome => outcome.Milliseconds).Order().ToArray();
        var distinct = run.Outcomes.DistinctBy(outcome => outcome.CommandId).ToList();
        var transfers = await books.TransactionsAsync("shop.transfer", cancellationToken);
        var orders = await books.TransactionsAsync("shop.order", cancellationToken);
        var purchases = await books.TransactionsAsync("shop.purchase", cancellationToken);
        return new()
        {
            Commands = commands,
            TransfersCompleted = transfers.Completed,
            TransfersCompensated = transfers.Compensated,
            OrdersCompleted = orders.Completed,
            OrdersCompensated = orders.Compensated,
            PurchasesCompleted = purchases.Completed,
            PurchasesCompensated = purchases.Compensated,
            Silos = silos,
            Sent = run.Sent,
            Replies = run.Outcomes.Count,
            Accepted = distinct.Count(outcome => outcome.IsAccepted),
            Rejected = distinct.Count(outcome => !outcome.IsAccepted),
            DuplicatesSent = run.Sent - commands,
            EffectsDoubled = await books.EffectsDoubledAsync(cancellationToken),
            EventsStored = await books.EventsStoredAsync(cancellationToken),
            EventsPublished = published,
            Payments = Payments,
            Bonuses = Workload.Openings(commands),
            ProjectionLagMs = lag,
            CommandsPerSecond = Math.Round(commands / run.Seconds, 1),
            P50Ms = Percentile(times, 0.50),
            P99Ms = Percentile(times, 0.99),
            // A container runs Apache Kafka, too.
            Broker = cluster.Kafka.Kind == "docker" ? "kafka" : cluster.Kafka.Kind,
            Postgres = cluster.Postgres.Description,
            Differences = books.Differences,
        };
    }

    private int Payments => commands / 20;

    private static double Percentile(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : Math.Round(sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(sorted.Length * share) - 1)], 2);

    private static async Task DropAsync(NpgsqlDataSource database, string schema)
    {
        await using var command = database.CreateCommand($"drop schema {schema} cascade");
        await command.ExecuteNonQueryAsync();
    }
}
