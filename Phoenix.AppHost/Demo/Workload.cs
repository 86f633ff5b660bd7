using Phoenix.Model;
using Phoenix.Runs.Bookkeeping;
using Shop.Accounts;
using Shop.Orders;
using Shop.Payments;
using Shop.Purchases;
using Shop.StandingOrders;
using Shop.Transfers;

namespace Phoenix.AppHost.Demo;

/// <summary>One command of the demo.</summary>
/// <param name="Account">The account's id.</param>
/// <param name="CommandId">The command's id.</param>
/// <param name="Command">What is asked.</param>
/// <param name="SentTwice">Whether it is sent a second time with the same id.</param>
internal sealed record DemoCommandItem(string Account, string CommandId, ICommand<IAccountGrain> Command, bool SentTwice);

/// <summary>What the demo sends: accounts are opened, then money goes in and out; some withdrawals ask for more than there is.</summary>
internal static class Workload
{
    /// <summary>Distinct commands, the openings first, the same for the same seed.</summary>
    public static List<DemoCommandItem> Create(int commands, int seed)
    {
        var random = new Random(seed);
        var accounts = Math.Clamp(commands / 20, 1, 1000);
        var items = new List<DemoCommandItem>(commands);
        for (var number = 0; number < commands; number++)
        {
            var isOpening = number < accounts;
            var account = $"demo-{(isOpening ? number : random.Next(accounts)):0000}";
            items.Add(new(account, $"{account}-{number:000000}", isOpening ? new OpenAccount($"Owner {number}", 100) : Movement(random), number % 20 == 19));
        }

        return items;
    }

    /// <summary>How many of the items are openings.</summary>
    public static int Openings(int commands) => Math.Clamp(commands / 20, 1, 1000);

    /// <summary>Transfers by id: one for twenty commands; some ask for more than there is.</summary>
    public static IReadOnlyDictionary<string, Transfer> Transfers(int commands, int seed)
    {
        var random = new Random(seed);
        var accounts = Openings(commands);
        return Enumerable.Range(0, commands / 20)
            .ToDictionary(number => $"demo-{number:000000}", _ => new Transfer(
            Account(random, accounts), Account(random, accounts), random.Next(1, 20_000) / 100m));
    }

    /// <summary>The products that orders are for; each shelf has fewer pieces than are asked for.</summary>
    public static IReadOnlyDictionary<string, int> Products(int commands) =>
        Enumerable.Range(0, 3).ToDictionary(number => $"demo-{number}", _ => Math.Max(1, commands / 80));

    /// <summary>
    /// Orders by id: one for forty commands. Some ask for more money or pieces than there are, and one in five goes where nobody delivers.
    /// </summary>
    public static IReadOnlyDictionary<string, PlaceOrder> Orders(int commands, int seed)
    {
        var random = new Random(seed);
        var (accounts, products) = (Openings(commands), Products(commands).Keys.ToList());
        return Enumerable.Range(0, commands / 40).ToDictionary(number => $"demo-{number:000000}", number => new PlaceOrder(
            Account(random, accounts), products[random.Next(products.Count)], random.Next(1, 4), random.Next(1, 20_000) / 100m,
            $"demo-{number:000000}", number % 5 == 4 ? "XX" : "DE"));
    }

    /// <summary>The goods that purchases are for, at the warehouse, and how many pieces it has: fewer than are asked for.</summary>
    public static (string Id, int Pieces) Goods(int commands) => ("demo-goods", Math.Max(1, commands / 80));

    /// <summary>
    /// Purchases by id, one for eighty commands: money here, goods and parcels at the warehouse. Some ask for more money or pieces than
    /// there are, and one in five goes where nobody delivers.
    /// </summary>
    public static IReadOnlyDictionary<string, BuyGoods> Purchases(int commands, int seed)
    {
        var random = new Random(seed);
        var accounts = Openings(commands);
        return Enumerable.Range(0, Math.Max(1, commands / 80)).ToDictionary(number => $"demo-{number:000000}", number => new BuyGoods(
            Account(random, accounts), random.Next(1, 20_000) / 100m, Goods(commands).Id, random.Next(1, 4), $"demo-{number:000000}",
            number % 5 == 4 ? "AQ" : "DE"));
    }

    /// <summary>Standing orders by id: each pays once a second while the demo runs.</summary>
    public static IReadOnlyDictionary<string, StartStandingOrder> StandingOrders(int commands, int seed)
    {
        var random = new Random(seed);
        var accounts = Openings(commands);
        return Enumerable.Range(0, 10).ToDictionary(
            number => $"demo-order-{number}", _ => new StartStandingOrder(
            Account(random, accounts), Account(random, accounts), 1, TimeSpan.FromSeconds(1)));
    }

    /// <summary>What somebody else's service writes into its own topic: one payment for twenty commands.</summary>
    public static IEnumerable<Payment> Payments(int commands, int seed)
    {
        var random = new Random(seed);
        var accounts = Openings(commands);
        return Enumerable.Range(0, commands / 20).Select(_ => new Payment(
            Account: Account(random, accounts), Amount: random.Next(1, 20_000) / 100m));
    }

    /// <summary>The campaign that every account joins before the bonus is written.</summary>
    public const string Campaign = "demo";

    /// <summary>
    /// Payments for an account if it has joined a campaign: it has joined that of the first, and not that of the second.
    /// </summary>
    public static IEnumerable<Payment> FilteredPayments(int commands) =>
    [
        new(Books.ForMembers, Accounts(commands).First(), Campaign),
        new(Books.ForOthers, Accounts(commands).First(), "another"),
    ];

    /// <summary>All accounts.</summary>
    public static IEnumerable<string> Accounts(int commands) =>
        Enumerable.Range(0, Openings(commands)).Select(number => $"demo-{number:0000}");

    private static string Account(Random random, int accounts) => $"demo-{random.Next(accounts):0000}";

    private static ICommand<IAccountGrain> Movement(Random random)
    {
        var amount = random.Next(1, 20_000) / 100m;
        return random.Next(2) == 0 ? new Deposit(amount) : new Withdraw(amount);
    }
}
