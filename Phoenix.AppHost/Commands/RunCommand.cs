using System.CommandLine;
using Phoenix.Local;
using Phoenix.Local.Programs;
using Phoenix.Runs.Samples;
using Spectre.Console;

namespace Phoenix.AppHost.Commands;

/// <summary>Without a verb: a whole cluster until Ctrl-C.</summary>
internal static class RunCommand
{
    public static void AddTo(RootCommand root)
    {
        var work = new Option<string>("--work") { Description = "Folder that keeps PostgreSQL's data, tokens and logs.", DefaultValueFactory = _ => ".phoenix" };
        var domain = new Option<string[]>("--domain") { Description = "Assembly with aggregates to run; the shop unless given. May be given several times." };
        domain.Validators.Add(result =>
        {
            foreach (var missing in (result.GetValueOrDefault<string[]>() ?? []).Where(path => !File.Exists(path)))
                result.AddError($"--domain: there is no file '{Path.GetFullPath(missing)}'. Name the assembly of a domain that was built, such as samples/Shop/bin/Debug/net10.0/Phoenix.Samples.Shop.dll.");
        });
        var silos = SilosOption.Create();
        var noRestart = new Option<bool>("--no-restart") { Description = "A silo or gateway that ends is told and stays down." };
        root.Add(work);
        root.Add(domain);
        root.Add(silos);
        root.Add(noRestart);
        root.SetAction((parsed, cancellationToken) => Errors.ShownAsync(() => RunAsync(
            parsed.GetValue(work)!, parsed.GetValue(domain) ?? [], parsed.GetValue(silos), !parsed.GetValue(noRestart), cancellationToken)));
    }

    private static async Task<int> RunAsync(string work, string[] domains, int silos, bool restarts, CancellationToken cancellationToken)
    {
        var options = new InfrastructureOptions { WorkFolder = work, Progress = step => AnsiConsole.MarkupLineInterpolated($"[grey]{step}[/]") };
        var names = new ClusterNames { Silos = silos };
        names = domains.Length > 0 ? names with { Domains = [.. domains.Select(Path.GetFullPath)] } : names.WithShop();
        await using var cluster = await LocalCluster.StartAsync(options, names, cancellationToken);
        Print(cluster, work, showsShop: domains.Length == 0);
        await using var supervision = new Supervision(
            [.. cluster.Silos.Select(silo => silo.Program), cluster.Gateway], restarts, Console.WriteLine);
        await Cancelled.WhenAsync(cancellationToken);
        AnsiConsole.MarkupLine("[grey]stopping[/]");
        return 0;
    }

    private static void Print(LocalCluster cluster, string work, bool showsShop)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        table.AddRow("PostgreSQL", Markup.Escape(cluster.Postgres.Description));
        table.AddRow("Kafka", Markup.Escape(cluster.Kafka.Description));
        foreach (var silo in cluster.Silos) table.AddRow(silo.Name, Markup.Escape($"cluster clients 127.0.0.1:{silo.ClusterPort} · health {silo.Program.Address}health/ready"));
        table.AddRow("gateway", Markup.Escape($"{cluster.Gateway.Address} · token in {cluster.TokenFile}"));
        table.AddRow("logs and data", Markup.Escape(Path.GetFullPath(work)));
        AnsiConsole.Write(table);
        if (showsShop) PrintFirstCommand(cluster);
        AnsiConsole.MarkupLine("Ctrl-C stops everything; what PostgreSQL holds stays.");
    }

    private static void PrintFirstCommand(LocalCluster cluster)
    {
        // Written as one line each, so that it can be copied from a narrow terminal.
        Console.WriteLine($$"""
            Try it:
              curl -H "Authorization: Bearer $(cat {{cluster.TokenFile}})" -H 'content-type: application/json' \
                -d '{"owner":"Ann","openingDeposit":100}' {{cluster.Gateway.Address}}v1/aggregates/shop.account/a-1/commands/shop.open-account
            """);
        if (cluster.Postgres.Psql is { } psql) Console.WriteLine($"  {psql} -c 'select * from phoenix.account_balances'");
    }
}
