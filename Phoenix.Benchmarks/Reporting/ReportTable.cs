using System.Globalization;
using Phoenix.Benchmarks.Rig;
using Spectre.Console;

namespace Phoenix.Benchmarks.Reporting;

/// <summary>The report for people.</summary>
internal static class ReportTable
{
    public static void Print(Report report, string notes, Servers servers)
    {
        // A file has no width of its own, and the usual eighty columns would cut the figures.
        if (!AnsiConsole.Profile.Out.IsTerminal) AnsiConsole.Profile.Width = 160;
        AnsiConsole.Write(Sides(report));
        AnsiConsole.Write(Headlines(report));
        AnsiConsole.WriteLine(notes);
        AnsiConsole.WriteLine($"Machine: {Machine.This}. Figures are medians over the rounds; ratios are medians of the rounds' own ratios.");
        AnsiConsole.WriteLine("'others' is what else kept the processors busy during a side's rounds, stolen time included: figures are worth keeping when it is near 0.");
        AnsiConsole.WriteLine(servers.Durability.ToString());
        if (servers.Kafka is { } kafka) AnsiConsole.WriteLine(kafka.Description);
    }

    private static Table Sides(Report report)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(report.Scenario);
        foreach (var column in new[] { "side", "per s", "ratio", "p50 ms", "p99 ms", "p99.9 ms", "us CPU: silo", "PostgreSQL", "broker", "client", "bytes allocated", "others, cores" })
            table.AddColumn(column == "side" ? new TableColumn(column) : new TableColumn(column).RightAligned());
        foreach (var side in report.Sides)
        {
            var cpu = side.CpuMicroseconds;
            table.AddRow([
                .. new[]
                {
                    side.Side.Name, Number(side.PerSecond, 0), side == report.Sides[0] ? "" : Number(report.Sides[0].RatioTo(side), 2),
                    Number(side.P50Ms, 2), Number(side.P99Ms, 2), Number(side.P999Ms, 2),
                    Number(cpu.Silo, 1), Number(cpu.Postgres, 1), Number(cpu.Broker, 1), Number(cpu.Client, 1), Number(side.AllocatedBytes, 0),
                    Number(side.Disturbance.Others + side.Disturbance.Stolen, 2),
                }.Select(Markup.Escape),
            ]);
        }

        return table;
    }

    private static Table Headlines(Report report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("figure", "", "must", "aim", "");
        foreach (var headline in report.Headlines)
        {
            table.AddRow(
                headline.Name, Number(headline.Value, headline.Value < 100 ? 2 : 0),
                headline.AtLeast is { } least ? $">= {Number(least, 1)}" : headline.AtMost is { } most ? $"<= {Number(most, 1)}" : "",
                headline.Aim is { } aim ? Number(aim, 1) : "",
                headline.Reached switch { true => "[green]reached[/]", false => "[red]missed[/]", null => "" });
        }

        return table;
    }

    private static string Number(double? value, int decimals) => value is { } known ? known.ToString($"N{decimals}", CultureInfo.InvariantCulture) : "-";
}
