using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Client;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Runs.Bookkeeping;
using Phoenix.Runs.Samples;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Orders;
using Shop.Payments;
using Shop.Products;
using Shop.Purchases;
using Shop.StandingOrders;
using Shop.Transfers;
using Warehouse.Goods;

namespace Phoenix.AppHost.Demo;

/// <summary>The demo's client process: sends the workload over Kafka, waits for every reply and leaves what it saw in a file.</summary>
internal static class DemoClient
{
    /// <summary>The hidden verb that starts it.</summary>
    public const string Verb = "demo-client";

    private const int InFlight = 512;
    private static readonly RequestOptions Patient = new() { Attempts = 3 };

    public static async Task<int> RunAsync(string kafka, string topicPrefix, int commands, int seed, string file, CancellationToken cancellationToken)
    {
        var (shop, client) = await ConnectAsync(kafka, topicPrefix, cancellationToken);
        var (warehouse, store) = await ConnectAsync(kafka, ShopCluster.WarehousePrefix(topicPrefix), cancellationToken);
        using (shop)
        using (warehouse)
        {
            var run = await SendAsync(client, new PaymentService(kafka, ShopCluster.Payments(topicPrefix)), commands, seed, cancellationToken);
            run = run with { Purchases = await PurchaseAsync(client, store, commands, seed, cancellationToken) };
            await using (var output = File.Create(file))
                await JsonSerializer.SerializeAsync(output, run, cancellationToken: cancellationToken);
            await shop.StopAsync(cancellationToken);
            await warehouse.StopAsync(cancellationToken);
        }

        return 0;
    }

    private static async Task<(IHost Host, IPhoenixClient Client)> ConnectAsync(
        string kafka, string topicPrefix, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddPhoenixClient(options =>
        {
            options.BootstrapServers = kafka;
            options.TopicPrefix = topicPrefix;
            options.ApplicationName = "demo";
            options.RequestTimeout = TimeSpan.FromSeconds(30);
        });
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var client = host.Services.GetRequiredService<IPhoenixClient>();
        await client.Ready.WaitAsync(cancellationToken);
        return (host, client);
    }

    private static async Task<DemoRun> SendAsync(
        IPhoenixClient client, PaymentService payments, int commands, int seed, CancellationToken cancellationToken)
    {
        var (items, openings) = (Workload.Create(commands, seed), Workload.Openings(commands));
        var outcomes = new List<DemoOutcome>();
        var done = 0;
        var started = Stopwatch.GetTimestamp();
        // An account is opened before money moves on it.
        await EachAsync(items.Take(openings));
        await EachAsync(items.Skip(openings));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var transfers = await TransferAsync(client, commands, seed, cancellationToken);
        var orders = await OrderAsync(client, commands, seed, cancellationToken);
        await payments.WriteAsync(Workload.Payments(commands, seed), cancellationToken);
        await Task.WhenAll(Workload.Accounts(commands).Select(
            account => client.RequestAsync(account, new JoinCampaign(Workload.Campaign), null, Patient, cancellationToken)));
        // One record for all of them.
        await payments.WriteAsync([new Payment(Books.Bonus, Campaign: Workload.Campaign)], cancellationToken);
        await payments.WriteAsync(Workload.FilteredPayments(commands), cancellationToken);
        return new(outcomes, items.Count + items.Count(item => item.SentTwice), seconds, transfers, orders, []);

        async Task EachAsync(IEnumerable<DemoCommandItem> some)
        {
            using var places = new SemaphoreSlim(InFlight);
            var sending = new List<Task>();
            foreach (var item in some)
            {
                for (var time = 0; time < (item.SentTwice ? 2 : 1); time++)
                {
                    await places.WaitAsync(cancellationToken);
                    sending.Add(OneAsync(item, places));
                }
            }

            await Task.WhenAll(sending);
        }

        async Task OneAsync(DemoCommandItem item, SemaphoreSlim places)
        {
            try
            {
                var sent = Stopwatch.GetTimestamp();
                var outcome = await client.RequestAsync(
                    item.Account, item.Command, new CommandOptions { CommandId = item.CommandId }, Patient, cancellationToken);
                var milliseconds = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
                lock (outcomes)
                {
                    outcomes.Add(new(item.Account, item.CommandId, outcome.IsAccepted, outcome.Code, outcome.VersionBefore, outcome.VersionAfter, milliseconds));
                    if (++done % 100 == 0) Console.Out.WriteLine(done);
                }
            }
            finally
            {
                places.Release();
            }
        }
    }

    /// <summary>Starts transfers while standing orders pay, and stops those when each has paid at least twice.</summary>
    private static async Task<IReadOnlyList<string>> TransferAsync(
        IPhoenixClient client, int commands, int seed, CancellationToken cancellationToken)
    {
        var orders = Workload.StandingOrders(commands, seed);
        foreach (var (id, order) in orders) await client.RequestAsync(id, order, null, Patient, cancellationToken);
        var paid = Task.Delay(TimeSpan.FromSeconds(2.5), cancellationToken);
        var started = await StartAsync<Transfer, ITransferGrain>(client, Workload.Transfers(commands, seed), cancellationToken);
        await paid;
        foreach (var id in orders.Keys) await client.RequestAsync(id, new StopStandingOrder(), null, Patient, cancellationToken);
        return started;
    }

    /// <summary>Fills the shelves and places orders.</summary>
    private static async Task<IReadOnlyList<DemoEnd>> OrderAsync(
        IPhoenixClient client, int commands, int seed, CancellationToken cancellationToken)
    {
        foreach (var (id, pieces) in Workload.Products(commands))
            await client.RequestAsync(id, new AddStock(pieces), null, Patient, cancellationToken);
        return await RunAsync<PlaceOrder, IOrderGrain>(client, Workload.Orders(commands, seed), cancellationToken);
    }

    /// <summary>Fills the warehouse and buys there.</summary>
    private static async Task<IReadOnlyList<DemoEnd>> PurchaseAsync(
        IPhoenixClient client, IPhoenixClient warehouse, int commands, int seed, CancellationToken cancellationToken)
    {
        var (goods, pieces) = Workload.Goods(commands);
        await warehouse.RequestAsync(goods, new StoreGoods(pieces), null, Patient, cancellationToken);
        return await RunAsync<BuyGoods, IPurchaseGrain>(client, Workload.Purchases(commands, seed), cancellationToken);
    }

    /// <returns>How the transactions ended.</returns>
    private static async Task<IReadOnlyList<DemoEnd>> RunAsync<TCommand, TContract>(
        IPhoenixClient client, IReadOnlyDictionary<string, TCommand> starts, CancellationToken cancellationToken)
        where TCommand : ICommand<TContract> where TContract : ITransactionGrain
    {
        var ends = new ConcurrentBag<DemoEnd>();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(starts, limit, async (start, cancellation) =>
        {
            var end = await client.RunAsync<TContract>(start.Key, start.Value, null, Patient, cancellation);
            ends.Add(new(start.Key, end.State == TransactionState.Completed, end.Code));
        });
        return [.. ends];
    }

    /// <returns>The ids of the transactions that were started.</returns>
    private static async Task<IReadOnlyList<string>> StartAsync<TCommand, TContract>(
        IPhoenixClient client, IReadOnlyDictionary<string, TCommand> starts, CancellationToken cancellationToken)
        where TCommand : ICommand<TContract> where TContract : IAggregateGrain
    {
        var started = new ConcurrentBag<string>();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(starts, limit, async (start, cancellation) =>
        {
            var outcome = await client.RequestAsync<TContract>(start.Key, start.Value, null, Patient, cancellation);
            if (outcome.IsAccepted) started.Add(start.Key);
        });
        return [.. started];
    }
}
