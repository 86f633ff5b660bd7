using Phoenix.Client;
using Phoenix.Local;
using Phoenix.Local.Programs;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Runs.Bookkeeping;
using Phoenix.Runs.Samples;
using Phoenix.Tests.Infrastructure;
using Shop.Accounts;
using Shop.Purchases;
using Warehouse.Goods;
using Xunit;

namespace Phoenix.Tests.Services;

/// <summary>Guarantee 9 over two services whose silo processes are killed in the middle: the books of both agree.</summary>
[Trait("Category", "Servers")]
public sealed class ServiceKillTests(SharedPostgres postgres, SharedKafka kafka)
{
    private const int Customers = 5;
    private const int Purchases = 200;
    private static readonly RequestOptions Patient = new() { Timeout = TimeSpan.FromSeconds(90), Attempts = 5 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [RealBrokerFact]
    public async Task whoever_is_killed_in_the_middle_every_purchase_ends_once()
    {
        using var folder = new TestFolder();
        var options = new InfrastructureOptions { WorkFolder = folder.Path, StartPatience = TimeSpan.FromMinutes(3) };
        await using var services = await TwoServices.StartAsync(
            await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync(), await kafka.BootstrapAsync(),
            $"-{Guid.NewGuid():N}"[..9], options, Token);
        await using var shop = await TestClient.StartAsync(services.Kafka, services.ShopPrefix);
        await using var warehouse = await TestClient.StartAsync(services.Kafka, services.WarehousePrefix);
        for (var customer = 0; customer < Customers; customer++)
            await shop.Phoenix.RequestAsync($"c-{customer}", new OpenAccount("Somebody", ServiceBooks.OpeningMoney), null, Patient, Token);
        await warehouse.Phoenix.RequestAsync("tea", new StoreGoods(ServiceBooks.Stored), null, Patient, Token);
        var books = new ServiceBooks(services);

        // Accepted only: none of them is waited for, and nobody asks again.
        await StartAsync(shop.Phoenix, 0);
        await KillAsync(services.Warehouse);
        var tea = await HeldStream.TakeAsync(services.WarehouseDatabase, "tea");
        await StartAsync(shop.Phoenix, 1);
        await services.Shop.Program.KillAsync();
        Assert.False(await books.IsSettledAsync(Token), "Every purchase had ended without its goods.");
        await tea.DisposeAsync();
        await services.Shop.Program.RestartAsync(Token);
        await StartAsync(shop.Phoenix, 2);
        await Task.WhenAll(KillAsync(services.Shop), KillAsync(services.Warehouse));
        await StartAsync(shop.Phoenix, 3);
        await Eventually.TrueAsync("every purchase has ended", () => books.IsSettledAsync(Token), TimeSpan.FromMinutes(2));

        var (rows, differences) = await books.CheckAsync(Purchases, Customers, Token);
        Assert.Empty(differences);
        Assert.Equal(("completed", $"{Purchases * 3 / 4}"), rows[1]);
    }

    private static Task StartAsync(IPhoenixClient client, int quarter) => Task.WhenAll(
        Enumerable.Range(quarter * Purchases / 4, Purchases / 4).Select(number =>
        {
            var (id, customer, country) = ($"p-{number}", $"c-{number % Customers}", number % 4 == 3 ? "AQ" : "FR");
            return number % 2 == 0
                ? OneAsync(client, id, new BuyGoods(customer, 1, "tea", 1, id, country))
                : OneAsync(client, id, new PreorderGoods(customer, 1, "tea", 1, id, country));
        }));

    private static async Task OneAsync<TContract>(IPhoenixClient client, string id, ICommand<TContract> start)
        where TContract : IAggregateGrain
    {
        var outcome = await client.RequestAsync(id, start, new CommandOptions { CommandId = id }, Patient, Token);
        Assert.True(outcome.IsAccepted, outcome.Message);
    }

    private static async Task KillAsync(SiloProcess silo)
    {
        await silo.Program.KillAsync();
        await silo.Program.RestartAsync(Token);
    }
}
