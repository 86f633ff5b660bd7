using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Phoenix.Client;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;
using Phoenix.Runs.Samples;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Orders;
using Shop.Products;
using Shop.Purchases;
using Shop.StandingOrders;
using Shop.Transfers;
using Warehouse.Goods;

namespace Phoenix.Benchmarks.Soak.Clients;

/// <summary>
/// A client process: some workers send deposits, withdrawals, transfers, orders and purchases to accounts, products and goods that all
/// clients share and write down what they learn: of every other transaction when it has ended. One command in ten is sent twice at once,
/// and one whose answer did not come is sent again under its id. The first client has standing orders, which pay by themselves, and some
/// accounts that join a campaign and get each of its bonuses, fills the warehouse, another service, and starts crowds of transfers.
/// </summary>
internal sealed class SoakClient(IPhoenixClient client, SoakClientOptions options, HistoryFile history)
{
    public const int Accounts = 60;
    private const int StandingOrders = 10;
    private const int Members = 10;
    private const int Products = 5;

    // Few enough that a long run finds empty shelves.
    private const int Pieces = 2_000;

    // Nobody delivers to the last one: such an order is undone at its last step.
    private static readonly string[] Countries = ["DE", "FR", "CH", "XX"];
    private const int Tries = 4;
    private const string Goods = "soak-goods";

    // Of the second client, which has half of the load: one in a hundred of all.
    private const int GarbageOneIn = 50;
    private GarbageWriter? _garbage;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(SoakClientOptions options, CancellationToken cancellation)
    {
        using var host = await ConnectAsync(options, options.TopicPrefix, cancellation);
        if (options.Number == 0) await StoreGoodsAsync(options, cancellation);
        using var history = new HistoryFile(options.File);
        await new SoakClient(host.Services.GetRequiredService<IPhoenixClient>(), options, history).DriveAsync(cancellation);
        await host.StopAsync(CancellationToken.None);
        return 0;
    }

    // Before anything is broken, so that it needs no judge.
    private static async Task StoreGoodsAsync(SoakClientOptions options, CancellationToken cancellation)
    {
        using var host = await ConnectAsync(
            options, ShopCluster.WarehousePrefix(options.TopicPrefix), cancellation);
        await host.Services.GetRequiredService<IPhoenixClient>().RequestAsync(
            Goods, new StoreGoods(Pieces), new CommandOptions { CommandId = "stock" }, new RequestOptions { Attempts = Tries },
            cancellation);
        await host.StopAsync(CancellationToken.None);
    }

    private static async Task<IHost> ConnectAsync(SoakClientOptions options, string topicPrefix, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddPhoenixClient(phoenix =>
        {
            phoenix.BootstrapServers = options.Kafka;
            phoenix.TopicPrefix = topicPrefix;
            phoenix.ApplicationName = "soak";
            phoenix.RequestTimeout = TimeSpan.FromSeconds(10);
        });
        var host = builder.Build();
        await host.StartAsync(cancellation);
        await host.Services.GetRequiredService<IPhoenixClient>().Ready.WaitAsync(cancellation);
        return host;
    }

    private async Task DriveAsync(CancellationToken cancellation)
    {
        // Every client opens every account under the same id: all but one of them are repeats from another process.
        for (var number = 0; number < Accounts; number++) await UntilKnownAsync(Account(number), $"open-{number}", new OpenAccount($"Owner {number}", 100), cancellation);
        for (var number = 0; number < Products; number++) await UntilKnownAsync(Product(number), $"stock-{number}", new AddStock(Pieces), cancellation);
        for (var number = 0; number < StandingOrders && options.Number == 0; number++)
            await UntilKnownAsync(StandingOrder(number),
                $"start-{number}", new StartStandingOrder(Account(number), Account(number + 1), 1, TimeSpan.FromSeconds(1)), cancellation);
        for (var number = 0; number < Members && options.Number == 0; number++)
        {
            while (!await UntilKnownAsync(Account(number), $"{Bonuses.Join}{number}", new JoinCampaign(BonusWriter.Campaign), cancellation))
                cancellation.ThrowIfCancellationRequested();
        }

        using var garbage = _garbage = options.Number == 1
            ? await GarbageWriter.StartAsync(options.Kafka, options.TopicPrefix, options.Number, history) : null;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(options.Length);
        var bonuses = options.Number == 0
            ? new BonusWriter(options.Kafka, ShopCluster.Payments(options.TopicPrefix), history).WriteAsync(end.Token)
            : Task.CompletedTask;
        var crowds = options.Number == 0
            ? new Crowds(options.Postgres, options.Schema, TransferOf, HashCode(options.Seed, options.Number, -1), history)
                .StartAsync(end.Token)
            : Task.CompletedTask;
        await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(worker => Task.Run(() => WorkAsync(worker, end.Token, cancellation), CancellationToken.None)));
        await bonuses;
        await crowds;
        for (var number = 0; number < StandingOrders && options.Number == 0; number++)
        {
            while (!await UntilKnownAsync(StandingOrder(number), $"stop-{number}", new StopStandingOrder(), cancellation))
                cancellation.ThrowIfCancellationRequested();
        }
    }

    private async Task WorkAsync(int worker, CancellationToken end, CancellationToken cancellation)
    {
        var random = new Random(HashCode(options.Seed, options.Number, worker));
        for (var number = 0; !end.IsCancellationRequested; number++)
        {
            var account = Account(random.Next(Accounts));
            var amount = random.Next(1, 10_000) / 100m;
            var id = string.Create(CultureInfo.InvariantCulture, $"{options.Number}-{worker}-{number}");
            // Made once: what is sent twice is the same command.
            var transfer = new Transfer(account, Account(random.Next(Accounts)), amount);
            var order = new PlaceOrder(
                account, Product(random.Next(Products)), random.Next(1, 4), amount, id, Countries[random.Next(Countries.Length)]);
            var purchase = new BuyGoods(account, amount, Goods, random.Next(1, 4), id, Countries[random.Next(Countries.Length)]);
            var isToldAtEnd = number % 2 == 0;
            Func<Task> send = random.Next(20) switch
            {
                0 => () => isToldAtEnd ? UntilEndedAsync(id, transfer, cancellation) : UntilKnownAsync(id, id, transfer, cancellation),
                1 => () => isToldAtEnd ? UntilEndedAsync(id, order, cancellation) : UntilKnownAsync(id, id, order, cancellation),
                2 => () => isToldAtEnd ? UntilEndedAsync(id, purchase, cancellation) : UntilKnownAsync(id, id, purchase, cancellation),
                < 10 => () => UntilKnownAsync(account, id, new Deposit(amount), cancellation),
                _ => () => UntilKnownAsync(account, id, new Withdraw(amount), cancellation),
            };
            if (_garbage is not null && random.Next(GarbageOneIn) == 0) await _garbage.WriteAsync(account, random);
            await (random.Next(10) == 0 ? Task.WhenAll(send(), send()) : send());
            await Task.Delay(Pause, cancellation);
        }
    }

    /// <returns>Whether an answer came.</returns>
    private async Task<bool> UntilKnownAsync<TContract>(
        string aggregateId, string id, ICommand<TContract> command, CancellationToken cancellation) where TContract : IAggregateGrain
    {
        var stream = $"{typeof(TContract).GetCustomAttribute<AggregateAttribute>()!.Name}/{aggregateId}";
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            Write(ClientEvent.Sent, stream, id, null, null);
            try
            {
                var outcome = await client.RequestAsync(
                    aggregateId, command, new CommandOptions { CommandId = id, MayBeRepeat = attempt > 0 }, null, cancellation);
                Write(outcome.IsAccepted ? ClientEvent.Accepted : ClientEvent.Rejected, stream, id, outcome, outcome.Code);
                return true;
            }
            catch (CommandFailedException failed)
            {
                Write(ClientEvent.Failed, stream, id, null, failed.Code);
                return true;
            }
            catch (CommandException unknown)
            {
                Write(ClientEvent.Unknown, stream, id, null, unknown.Code);
            }
        }

        return false;
    }

    /// <summary>Starts a transaction under its own id and waits for its end.</summary>
    private async Task UntilEndedAsync<TContract>(string id, ICommand<TContract> start, CancellationToken cancellation)
        where TContract : ITransactionGrain
    {
        var stream = $"{typeof(TContract).GetCustomAttribute<AggregateAttribute>()!.Name}/{id}";
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            Write(ClientEvent.Sent, stream, id, null, null);
            try
            {
                var end = await client.RunAsync(
                    id, start, new CommandOptions { CommandId = id, MayBeRepeat = attempt > 0 }, null, cancellation);
                var @event = end.State switch
                {
                    TransactionState.Completed => ClientEvent.Completed,
                    TransactionState.Compensated => ClientEvent.Compensated,
                    _ => ClientEvent.Failed,
                };
                Write(@event, stream, id, null, end.Code, end.ReplyJson);
                return;
            }
            catch (CommandFailedException failed)
            {
                Write(ClientEvent.Failed, stream, id, null, failed.Code);
                return;
            }
            catch (CommandException unknown)
            {
                Write(ClientEvent.Unknown, stream, id, null, unknown.Code);
            }
        }
    }

    private static Transfer TransferOf(Random random) =>
        new(Account(random.Next(Accounts)), Account(random.Next(Accounts)), random.Next(1, 1_000) / 100m);

    private void Write(
        ClientEvent @event, string stream, string id, Outcome? outcome, string? code, string? reply = null) => history.Write(new()
    {
        Event = @event,
        At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Client = options.Number,
        Stream = stream,
        CommandId = id,
        Before = outcome?.VersionBefore,
        After = outcome?.VersionAfter,
        Code = code,
        Reply = outcome?.ReplyJson ?? reply,
        Repeated = outcome?.Repeated ?? false,
    });

    private static string StandingOrder(int number) => string.Create(CultureInfo.InvariantCulture, $"soak-order-{number}");

    private static string Product(int number) => string.Create(CultureInfo.InvariantCulture, $"soak-product-{number}");

    /// <summary>The id of an account.</summary>
    public static string Account(int number) => string.Create(CultureInfo.InvariantCulture, $"soak-{number:000}");

    // Not System.HashCode, which is another one in every process.
    private static int HashCode(int seed, int client, int worker) => unchecked((((seed * 397) ^ client) * 397) ^ worker);
}

/// <summary>What a client process is told.</summary>
internal sealed record SoakClientOptions(
    string Kafka, string TopicPrefix, string Postgres, string Schema, int Number, int Seed, int Workers, TimeSpan Length, string File)
{
    /// <summary>The environment variable with the connection string, which may hold a password.</summary>
    public const string PostgresVariable = "PHOENIX_SOAK_POSTGRES";
}
