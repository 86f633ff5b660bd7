using JasperFx;
using JasperFx.Events;
using Marten;
using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Stock;

/// <summary>A silo with stock grains only, set up as Marten's and Npgsql's guides to performance say.</summary>
internal static class StockSilo
{
    public const string LogProvider = "CustomStorage";

    /// <summary>Starts the silo with its schema applied.</summary>
    public static async Task<SiloHost> StartAsync(PartSettings settings)
    {
        await ApplySchemaAsync(settings);
        return await SiloHost.StartAsync(orleans =>
        {
            orleans.AddCustomStorageBasedLogConsistencyProvider(LogProvider);
            orleans.Services.AddMarten(store => Configure(store, settings));
        });
    }

    private static async Task ApplySchemaAsync(PartSettings settings)
    {
        await using var store = DocumentStore.For(options =>
        {
            Configure(options, settings);
            options.AutoCreateSchemaObjects = AutoCreate.CreateOrUpdate;
        });
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();
    }

    private static void Configure(StoreOptions store, PartSettings settings)
    {
        store.Connection(NpgsqlDataSource.Create(Pooled(settings)));
        store.AutoCreateSchemaObjects = AutoCreate.None;
        store.DisableNpgsqlLogging = true;
        store.UseSystemTextJsonForSerialization();
        store.Events.StreamIdentity = StreamIdentity.AsString;
        // No look at the stream before the append: the version is checked by the append itself.
        store.Events.AppendMode = EventAppendMode.Quick;
        store.Events.MapEventType<Added>(Added.Name);
    }

    private static string Pooled(PartSettings settings) => new NpgsqlConnectionStringBuilder(settings.Postgres)
    {
        MaxPoolSize = settings.PoolSize,
        MinPoolSize = settings.PoolSize,
        MaxAutoPrepare = 50,
        AutoPrepareMinUsages = 2,
        NoResetOnClose = true,
        Enlist = false,
        ApplicationName = "bench-stock",
    }.ConnectionString;
}
