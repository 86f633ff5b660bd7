using Npgsql;
using Phoenix.Local;
using Phoenix.Local.Programs;

namespace Phoenix.Runs.Samples;

/// <summary>
/// Two services, each a cluster of one silo with a database and topics of its own, joined by topics alone: the shop, which has the accounts
/// and purchases, and the warehouse, which has the goods and parcels.
/// </summary>
internal sealed class TwoServices : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _started = [];

    private TwoServices(string shopDatabase, string warehouseDatabase, string kafka, string mark) =>
        (ShopDatabase, WarehouseDatabase, Kafka, ShopPrefix, WarehousePrefix) =
        (shopDatabase, warehouseDatabase, kafka, $"shop{mark}", $"warehouse{mark}");

    public string ShopDatabase { get; }
    public string WarehouseDatabase { get; }
    public string Kafka { get; }

    /// <summary>First part of the names of the shop's topics.</summary>
    public string ShopPrefix { get; }

    /// <summary>First part of the names of the warehouse's topics.</summary>
    public string WarehousePrefix { get; }

    public SiloProcess Shop { get; private set; } = null!;
    public SiloProcess Warehouse { get; private set; } = null!;

    /// <summary>Starts both on servers that run; what had started is stopped again when something does not.</summary>
    /// <param name="shopDatabase">A database for the shop.</param>
    /// <param name="warehouseDatabase">Another one for the warehouse.</param>
    /// <param name="kafka">Bootstrap servers.</param>
    /// <param name="mark">Ends the first part of the names of their topics, to keep several pairs apart.</param>
    /// <param name="options">Work folder and patience.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<TwoServices> StartAsync(
        string shopDatabase, string warehouseDatabase, string kafka, string mark, InfrastructureOptions options,
        CancellationToken cancellationToken)
    {
        var services = new TwoServices(shopDatabase, warehouseDatabase, kafka, mark);
        try
        {
            services._started.Push(services.Shop = await StartAsync("shop", services.ShopSettings, options, cancellationToken));
            services._started.Push(
                services.Warehouse = await StartAsync("warehouse", services.WarehouseSettings, options, cancellationToken));
            return services;
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a database beside another one, unless it is there, and gives its connection string.</summary>
    /// <param name="connectionString">The other one.</param>
    /// <param name="name">Its name: letters, digits and underscores.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<string> DatabaseAsync(string connectionString, string name, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var look = source.CreateCommand("select 1 from pg_database where datname = $1");
        look.Parameters.Add(new() { Value = name });
        if (await look.ExecuteScalarAsync(cancellationToken) is null)
        {
            await using var create = source.CreateCommand($"create database \"{name}\"");
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        return new NpgsqlConnectionStringBuilder(connectionString) { Database = name }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var part)) await part.DisposeAsync();
    }

    private SiloSettings ShopSettings => new(ShopDatabase, Kafka, new ClusterNames(TopicPrefix: ShopPrefix)
    {
        Domains = [ShopCluster.Domain, "Phoenix.Samples.Shop.Purchases"],
    })
    {
        Further = new Dictionary<string, string>
        {
            ["Phoenix__Publications__Forward__0"] = "shop.account",
            ["Phoenix__Services__warehouse__TopicPrefix"] = WarehousePrefix,
            ["Phoenix__Subscriptions__shop_payments__Enabled"] = "false",
        },
        UsualPorts = false,
    };

    private SiloSettings WarehouseSettings => new(WarehouseDatabase, Kafka, new ClusterNames(TopicPrefix: WarehousePrefix)
    {
        Domains = ["Phoenix.Samples.Warehouse"],
    })
    {
        Further = new Dictionary<string, string>
        {
            ["Phoenix__Services__shop__TopicPrefix"] = ShopPrefix,
            ["Phoenix__Subscriptions__warehouse_paid_purchases__Topic"] = $"{ShopPrefix}.shop.account.events",
        },
        UsualPorts = false,
    };

    // Each in a folder of its own: their silos have one name.
    private static Task<SiloProcess> StartAsync(
        string folder, SiloSettings settings, InfrastructureOptions options, CancellationToken cancellationToken) =>
        SiloProcess.StartAsync(0, 1, settings, options with { WorkFolder = Path.Combine(options.WorkFolder, folder) }, cancellationToken);
}
