using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Client;
using Phoenix.Local;
using Phoenix.Runs.Bookkeeping;
using Phoenix.Runs.Samples;
using Shop.Accounts;
using Shop.Purchases;
using Spectre.Console;
using Warehouse.Goods;

namespace Phoenix.AppHost.Services;

/// <summary>
/// Runs two services, lets customers buy until a number of purchases have ended, and checks what both of them have in their books.
/// </summary>
internal sealed class ServicesRunner(int purchases, string? keep)
{
    private const int Customers = 10;
    private static readonly RequestOptions Patient = new() { Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>0 only if the books agree.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var folder = keep ?? Path.Combine(Path.GetTempPath(), $"phoenix-services-{Guid.NewGuid():N}"[..25]);
        Directory.CreateDirectory(folder);
        try
        {
            var options = new InfrastructureOptions
            {
                WorkFolder = folder, Progress = step => AnsiConsole.MarkupLineInterpolated($"[grey]{step}[/]"),
            };
            await using var postgres = await PostgresServer.StartAsync(options, cancellationToken);
            await using var kafka = await KafkaBroker.StartAsync(options, cancellationToken);
            return await OnAsync(postgres, kafka, options, cancellationToken);
        }
        finally
        {
            if (keep is null) Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<int> OnAsync(
        PostgresServer postgres, KafkaBroker kafka, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        // A server that was there before holds other things: names of our own keep them apart.
        var mark = Guid.NewGuid().ToString("N")[..8];
        var shop = await TwoServices.DatabaseAsync(postgres.ConnectionString, $"shop_{mark}", cancellationToken);
        var warehouse = await TwoServices.DatabaseAsync(postgres.ConnectionString, $"warehouse_{mark}", cancellationToken);
        await using var services = await TwoServices.StartAsync(
            shop, warehouse, kafka.BootstrapServers, $"-{mark}", options, cancellationToken);
        await BuyAsync(services, cancellationToken);
        var books = new ServiceBooks(services);
        await books.WaitAsync(cancellationToken);
        var (rows, differences) = await books.CheckAsync(purchases, Customers, cancellationToken);
        Print(rows, differences);
        return differences.Count == 0 ? 0 : 1;
    }

    private async Task BuyAsync(TwoServices services, CancellationToken cancellationToken)
    {
        using var shop = await ClientAsync(services.Kafka, services.ShopPrefix, cancellationToken);
        using var warehouse = await ClientAsync(services.Kafka, services.WarehousePrefix, cancellationToken);
        for (var customer = 0; customer < Customers; customer++)
        {
            await Of(shop).RequestAsync(
                $"customer-{customer}", new OpenAccount("Somebody", ServiceBooks.OpeningMoney), null, Patient, cancellationToken);
        }

        await Of(warehouse).RequestAsync("tea", new StoreGoods(ServiceBooks.Stored), null, Patient, cancellationToken);
        var limit = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, purchases, limit, async (number, cancellation) =>
        {
            // To one in four nobody delivers: money and goods go back.
            var (id, customer, country) = ($"p-{number}", $"customer-{number % Customers}", number % 4 == 3 ? "AQ" : "FR");
            if (number % 2 == 0)
                await Of(shop).RunAsync(id, new BuyGoods(customer, 1, "tea", 1, id, country), null, Patient, cancellation);
            else
                await Of(shop).RunAsync(id, new PreorderGoods(customer, 1, "tea", 1, id, country), null, Patient, cancellation);
        });
        await shop.StopAsync(cancellationToken);
        await warehouse.StopAsync(cancellationToken);
    }

    private static IPhoenixClient Of(IHost host) => host.Services.GetRequiredService<IPhoenixClient>();

    private static async Task<IHost> ClientAsync(string kafka, string prefix, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddPhoenixClient(options =>
            (options.BootstrapServers, options.TopicPrefix, options.ApplicationName) = (kafka, prefix, "customers"));
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        await Of(host).Ready.WaitAsync(cancellationToken);
        return host;
    }

    private static void Print(IReadOnlyList<(string What, string Found)> rows, List<string> differences)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn("");
        foreach (var (what, found) in rows) table.AddRow(Markup.Escape(what), Markup.Escape(found));
        AnsiConsole.Write(table);
        foreach (var difference in differences) AnsiConsole.MarkupLineInterpolated($"[red]{difference}[/]");
        if (differences.Count == 0) AnsiConsole.MarkupLine("[green]The books of both services agree.[/]");
    }
}
