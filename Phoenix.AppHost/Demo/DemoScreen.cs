using System.Globalization;
using Spectre.Console;

namespace Phoenix.AppHost.Demo;

/// <summary>What the demo shows a person.</summary>
internal static class DemoScreen
{
    public static Task ProgressAsync(int total, Func<Action<int>, Task> work) => AnsiConsole.Progress()
        .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .StartAsync(async screen =>
        {
            var task = screen.AddTask("commands answered", maxValue: total);
            await work(done => task.Value = done);
            task.Value = total;
        });

    public static void Print(DemoReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        Row("commands", $"{report.Commands:N0} distinct, {report.Sent:N0} sent ({report.DuplicatesSent:N0} twice), {report.Replies:N0} replies");
        Row("outcomes", $"{report.Accepted:N0} accepted, {report.Rejected:N0} rejected");
        Row("effects doubled", $"{report.EffectsDoubled:N0} of {report.EventsStored:N0} events stored");
        Row("transfers", $"{report.TransfersCompleted:N0} completed, {report.TransfersCompensated:N0} undone, as far as they had gone");
        Row("orders", $"{report.OrdersCompleted:N0} completed, {report.OrdersCompensated:N0} undone");
        Row("purchases",
            $"{report.PurchasesCompleted:N0} completed with the warehouse, another service, {report.PurchasesCompensated:N0} undone");
        Row("received", $"{report.Payments:N0} payments of another service, bonuses for {report.Bonuses:N0} accounts, and one for a member alone");
        Row("published", $"{report.EventsPublished:N0} events of accounts, to a topic of their own");
        Row("rate", $"{report.CommandsPerSecond:N0} commands/s, client to Kafka to commit to reply");
        Row("reply time", $"p50 {report.P50Ms:N1} ms, p99 {report.P99Ms:N1} ms with 512 in flight");
        Row("read models", $"current {report.ProjectionLagMs:N0} ms after the last reply");
        Row("broker", $"{report.Broker}");
        Row("PostgreSQL", $"{report.Postgres}");
        AnsiConsole.Write(table);
        if (report.BooksAgree)
        {
            AnsiConsole.MarkupLine(
                "[green]The books agree: replies, ledger, event log, read models, transfers, orders, purchases and published events.[/]");
        }

        foreach (var difference in report.Differences) AnsiConsole.MarkupLineInterpolated($"[red]{difference}[/]");
        if (!report.BooksAgree) AnsiConsole.MarkupLine("[red]The books do not agree.[/]");

        void Row(string name, FormattableString value) => table.AddRow(name, Markup.Escape(value.ToString(CultureInfo.InvariantCulture)));
    }

    // Plain lines, so that the command can be copied from a narrow terminal.
    public static void PrintKept(string folder) => Console.WriteLine(
        $"""
        Kept in {folder}. To look at its database (schema demo_...), start its servers and type the psql command they print:
          dotnet run --project Phoenix.AppHost -- infrastructure --work {folder}
        """);
}
