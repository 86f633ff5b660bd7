using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Weasel.Postgresql.Tables;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>
/// The database holds the version of its schema, and each build knows from it whether it may run and whether it may change anything.
/// </summary>
[Trait("Category", "Servers")]
public sealed class SchemaVersionTests(SharedPostgres postgres)
{
    private static readonly SchemaVersion Older = new(1, 1);
    private static readonly SchemaVersion Newer = new(2, 1);
    private static readonly SchemaVersion Breaking = new(3, 2);

    [Fact]
    public async Task an_older_build_starts_on_a_schema_it_is_compatible_with_and_touches_nothing()
    {
        var database = await postgres.NewDatabaseAsync();
        await Schemas.StartAsync(database, Older);
        await Schemas.StartAsync(database, Newer, Schemas.ReadModel(("sum", "numeric")));
        // What the newer build has taken away by an explicit command does not come back by the older one, at its start or when it first
        // needs the table.
        await Sql.ExecuteAsync(database, "drop index phoenix.phoenix_due_time; alter table phoenix.phoenix_snapshots drop column taken_at");
        var before = await Schemas.ContentsAsync(database);

        await Schemas.StartAsync(database, Older, Schemas.ReadModel(("other", "numeric")));
        await using (var log = new EventLog(database, marten: store => AddingMigrator.Of(store).Build = Older))
            await log.Store.Storage.ApplyAllConfiguredChangesToDatabaseAsync();

        Assert.Equal(before, await Schemas.ContentsAsync(database));
        Assert.Equal("1/1 2/1", await Schemas.VersionsAsync(database));
    }

    [Fact]
    public async Task a_build_that_is_too_old_refuses_to_start_and_says_which_one_may()
    {
        var database = await postgres.NewDatabaseAsync();
        await Schemas.StartAsync(database, Newer);
        await Schemas.StartAsync(database, Breaking);
        var before = await Schemas.ContentsAsync(database);

        var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(database, Older));
        Assert.Contains("at version 3, made by a later build; the oldest that may run on it is of version 2, and this build is of version 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Schemas.ContentsAsync(database));
        await Schemas.StartAsync(database, Newer);
        Assert.Equal("2/1 3/2", await Schemas.VersionsAsync(database));
    }

    [Fact]
    public async Task two_versions_write_side_by_side_through_an_upgrade_and_a_rollback()
    {
        var database = await postgres.NewDatabaseAsync();
        await Schemas.StartAsync(database, Older);
        await using var old = new EventLog(database);
        var stream = Commits.NewStream();
        Assert.True((await old.CommitAsync(Commits.Accepted(stream, 0, "before"))).Committed);

        await Schemas.StartAsync(database, Newer, store => Grown(store));
        await using var young = new EventLog(database, marten: store => Grown(store));
        Assert.True((await young.CommitAsync(Commits.Accepted(stream, 1, "newer"))).Committed);
        Assert.True((await old.CommitAsync(Commits.Accepted(stream, 2, "older"))).Committed);

        await Schemas.StartAsync(database, Older);
        await using var back = new EventLog(database);
        Assert.True((await back.CommitAsync(Commits.Accepted(stream, 3, "back"))).Committed);
        Assert.Equal(4, (await back.ReadAsync(stream)).Count);
        Assert.Contains("phoenix_snapshots.size bigint", await Schemas.ContentsAsync(database), StringComparison.Ordinal);
        Assert.Equal(0, await EventLog.InconsistenciesAsync(database));
    }

    [Fact]
    public async Task silos_that_start_together_on_an_empty_database_apply_it_once()
    {
        var database = await postgres.NewDatabaseAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Schemas.StartAsync(database)));
        Assert.Equal($"{SchemaVersion.Current.Number}/{SchemaVersion.Current.OldestCompatible}", await Schemas.VersionsAsync(database));
    }

    [Fact]
    public async Task a_schema_lock_that_nobody_lets_go_ends_the_start_with_a_name()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var holder = new NpgsqlConnection(database);
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"select pg_advisory_lock({SchemaLock.Key})", holder);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<SchemaException>(() => Schemas.StartAsync(database, patience: TimeSpan.FromMilliseconds(100)));
        Assert.Contains("Another session has held the schema's lock", error.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// When this fails the schema has changed: raise <see cref="SchemaVersion.Current"/> (see decision 0013) and write the new value here.
    /// </summary>
    [Fact]
    public async Task the_version_was_raised_with_the_last_change_of_the_schema()
    {
        await using var log = new EventLog("Host=nowhere");
        // Sorted: Marten writes the parts of a schema in an order that differs from process to process.
        var script = string.Join('\n', log.Store.Storage.ToDatabaseScript().ReplaceLineEndings("\n").Split('\n').Order(StringComparer.Ordinal));
        Assert.Equal((10, "2ff3890ac220f8c5"),
            (SchemaVersion.Current.Number, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)))[..16]));
    }

    private static void Grown(Marten.StoreOptions store)
    {
        AddingMigrator.Of(store).Build = Newer;
        var snapshots = new Table("phoenix.phoenix_snapshots");
        snapshots.AddColumn("stream", "text").AsPrimaryKey();
        snapshots.AddColumn("size", "bigint").AllowNulls();
        store.Storage.ExtendedSchemaObjects.Add(snapshots);
    }
}
