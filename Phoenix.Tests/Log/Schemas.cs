using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.EventStore;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Weasel.Postgresql.Tables;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>What a silo does to the schema before it serves anything, by builds of several versions and without the silo.</summary>
internal static class Schemas
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task StartAsync(
        string database, SchemaVersion? build = null, Action<StoreOptions>? marten = null, bool applySchema = true, TimeSpan? patience = null)
    {
        await using var store = DocumentStore.For(store =>
        {
            EventLog.Configure(store, database);
            marten?.Invoke(store);
            var migrator = AddingMigrator.Of(store);
            if (build is not null) migrator.Build = build;
            if (patience is { } limit) migrator.Patience = limit;
        });
        var options = new EventStoreOptions { ConnectionString = database, ApplySchema = applySchema };
        await new SchemaApplication(store, options, new TableNames(store.Options), NullLogger<SchemaApplication>.Instance).StartAsync(Token);
    }

    /// <summary>A read model of a user's, as one build or another knows it.</summary>
    public static Action<StoreOptions> ReadModel(params (string Name, string Type)[] columns) => store =>
    {
        var table = new Table("phoenix.totals");
        table.AddColumn("id", "text").AsPrimaryKey();
        foreach (var (name, type) in columns) table.AddColumn(name, type).AllowNulls().AddIndex();
        store.Storage.ExtendedSchemaObjects.Add(table);
    };

    /// <summary>All columns and indexes of the log's schema, one text.</summary>
    public static async Task<string> ContentsAsync(string database) => await Sql.ScalarAsync(database, """
        select string_agg(thing, e'\n' order by thing) from (
            select format('%s.%s %s', table_name, column_name, data_type) as thing from information_schema.columns where table_schema = 'phoenix'
            union all select indexdef from pg_indexes where schemaname = 'phoenix'
            union all select conname from pg_constraint where connamespace = 'phoenix'::regnamespace
            union all select pg_get_functiondef(oid) from pg_proc where pronamespace = 'phoenix'::regnamespace) things
        """) as string ?? "";

    public static async Task<string> VersionsAsync(string database) => (string)(await Sql.ScalarAsync(database,
        "select string_agg(version || '/' || oldest_compatible, ' ' order by version) from phoenix.phoenix_schema"))!;
}
