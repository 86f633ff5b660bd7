using Confluent.Kafka;
using Phoenix.Coordination;
using Phoenix.Tests.EndToEnd;
using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Purchases;
using Warehouse.Goods;
using Warehouse.Parcels;
using Xunit;

namespace Phoenix.Tests.Services;

/// <summary>
/// The shop and the warehouse, a silo each, with a database and topics of their own, and a stranger at the warehouse's topics.
/// </summary>
internal sealed class ServicesRig : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);
    private readonly string _bootstrap;
    private readonly string _mark = Guid.NewGuid().ToString("N")[..8];
    private TestSilo? _shop;
    private TestSilo? _warehouse;

    private ServicesRig(string bootstrap, string shop, string warehouse) =>
        (_bootstrap, ShopDatabase, WarehouseDatabase) = (bootstrap, shop, warehouse);

    public string ShopDatabase { get; }
    public string WarehouseDatabase { get; }
    public string ShopPrefix => $"shop-{_mark}";
    public string WarehousePrefix => $"warehouse-{_mark}";
    public TestSilo Shop => _shop!;
    public TestSilo Warehouse => _warehouse!;

    /// <summary>Someone who sends steps to the warehouse by hand.</summary>
    public WireClient Stranger { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ServicesRig> StartAsync(SharedPostgres postgres, SharedKafka kafka)
    {
        var rig = new ServicesRig(await kafka.BootstrapAsync(), await postgres.NewDatabaseAsync(), await postgres.NewDatabaseAsync());
        foreach (var aggregate in SharedKafka.IsReal ? [] : (string[])["warehouse.goods", "warehouse.parcel"])
        {
            await kafka.CreateTopicAsync($"{rig.WarehousePrefix}.{aggregate}.commands", 3);
            await kafka.CreateTopicAsync($"{rig.WarehousePrefix}.{aggregate}.dead-letter", 3);
        }

        await Task.WhenAll(rig.StartShopAsync(), rig.StartWarehouseAsync());
        rig.Stranger = await WireClient.StartAsync(kafka, rig.WarehousePrefix, "warehouse.goods");
        return rig;
    }

    public async Task StartShopAsync() => _shop = await TestSilo.StartAsync(
        ShopDatabase,
        options =>
        {
            (options.Kafka, options.TopicPrefix) = (_bootstrap, ShopPrefix);
            options.Services["warehouse"] = new ServiceSettings
            {
                TopicPrefix = WarehousePrefix, AskAgainAfter = TimeSpan.FromSeconds(2), LateAfter = TimeSpan.FromSeconds(1),
            };
            if (options.Publications.Forward.Count == 0) options.Publications.Forward.Add("shop.account");
        },
        [typeof(Account).Assembly, typeof(GoodsPurchase).Assembly],
        silo: null,
        ("Phoenix:Subscriptions:shop.payments:Enabled", "false"));

    public async Task StartWarehouseAsync() => _warehouse = await TestSilo.StartAsync(
        WarehouseDatabase,
        options =>
        {
            (options.Kafka, options.TopicPrefix) = (_bootstrap, WarehousePrefix);
            options.Services["shop"] = new ServiceSettings { TopicPrefix = ShopPrefix };
        },
        [typeof(StoredGoods).Assembly],
        silo: null,
        ("Phoenix:Subscriptions:warehouse.paid-purchases:Topic", $"{ShopPrefix}.shop.account.events"));

    public async Task StopShopAsync()
    {
        if (_shop is { } silo) await silo.DisposeAsync();
        _shop = null;
    }

    public async Task StopWarehouseAsync()
    {
        if (_warehouse is { } silo) await silo.DisposeAsync();
        _warehouse = null;
    }

    public static string NewId() => Guid.CreateVersion7().ToString("N");

    public async Task<string> AccountAsync(decimal money)
    {
        var id = NewId();
        await Shop.Grains.GetGrain<IAccountGrain>(id).Execute(new OpenAccount("Somebody", money));
        return id;
    }

    public async Task<string> GoodsAsync(int pieces)
    {
        var id = NewId();
        await Warehouse.Grains.GetGrain<IGoodsGrain>(id).Execute(new StoreGoods(pieces));
        return id;
    }

    public async Task<string> BuyAsync(string account, string goods, string country = "FR", string? id = null)
    {
        id ??= NewId();
        await Shop.Grains.GetGrain<IPurchaseGrain>(id).Execute(new BuyGoods(account, 30, goods, 2, id, country));
        return id;
    }

    public async Task<string> PreorderAsync(string account, string goods, string country = "FR")
    {
        var id = NewId();
        await Shop.Grains.GetGrain<IPreorderGrain>(id).Execute(new PreorderGoods(account, 30, goods, 2, id, country));
        return id;
    }

    public Task<TransactionStatus> PurchaseAsync(string id) => Shop.Grains.GetGrain<IPurchaseGrain>(id).Wait(Limit);

    public Task<TransactionStatus> PreorderedAsync(string id) => Shop.Grains.GetGrain<IPreorderGrain>(id).Wait(Limit);

    /// <summary>Money, reserved money, pieces and reserved pieces.</summary>
    public async Task<(decimal Balance, decimal Reserved, int Stored, int Kept)> BooksAsync(string account, string goods)
    {
        var money = await BooksOfMoneyAsync(account);
        var pieces = await StockAsync(goods);
        return (money.Balance, money.Reserved, pieces.Stored, pieces.Reserved);
    }

    public Task<AccountView> BooksOfMoneyAsync(string account) => Shop.Grains.GetGrain<IAccountGrain>(account).Query(new GetAccount());

    public Task<GoodsView> StockAsync(string goods) => Warehouse.Grains.GetGrain<IGoodsGrain>(goods).Query(new GetGoods());

    public Task<ParcelView> ParcelAsync(string id) => Warehouse.Grains.GetGrain<IParcelGrain>(id).Query(new GetParcel());

    /// <summary>A step of a transaction of the shop, as a stranger sends it.</summary>
    public WireRequest Step(string goods, string type, string json, StepPhase phase, string transaction)
    {
        var step = new StepReference(StepUri.TransactionOf(ShopPrefix, transaction), "goods", phase, 1);
        return WireRequest.To("warehouse.goods", goods, type, json, Stranger.ReplyTopic)
            .Set("ce_id", step.CommandId).Set("phoenixstep", StepUri.Of(step));
    }

    /// <summary>How many answers stand in the shop's topic.</summary>
    public long Answers()
    {
        using var consumer = Group();
        return Partitions().Sum(partition => consumer.QueryWatermarkOffsets(partition, Eventually.Patience).High.Value);
    }

    /// <summary>Lets the shop believe that it has read all answers that stand in its topic.</summary>
    public void LoseAnswers()
    {
        using var consumer = Group();
        consumer.Commit(Partitions().Select(partition =>
            new TopicPartitionOffset(partition, consumer.QueryWatermarkOffsets(partition, Eventually.Patience).High)));
    }

    public Task<long> EventsAsync(string database, string type) => Sql.CountAsync(database, $"phoenix.mt_events where type = '{type}'");

    public async ValueTask DisposeAsync()
    {
        await StopShopAsync();
        await StopWarehouseAsync();
        Stranger?.Dispose();
        await TestTopics.DeleteAsync(_bootstrap, ShopPrefix);
        await TestTopics.DeleteAsync(_bootstrap, WarehousePrefix);
    }

    private IConsumer<byte[], byte[]> Group() => new ConsumerBuilder<byte[], byte[]>(
        new ConsumerConfig { BootstrapServers = _bootstrap, GroupId = $"{ShopPrefix}.silos", EnableAutoCommit = false }).Build();

    private List<TopicPartition> Partitions()
    {
        var topic = StepReplies.TopicOf(ShopPrefix);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _bootstrap }).Build();
        return admin.GetMetadata(topic, Eventually.Patience).Topics[0].Partitions
            .ConvertAll(each => new TopicPartition(topic, each.PartitionId));
    }
}
