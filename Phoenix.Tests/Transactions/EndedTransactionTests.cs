using Npgsql;
using Phoenix.EventStore;
using Phoenix.EventStore.Schema;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>Transactions that have ended are listed by kind, state and age, a page at a time, by an index of theirs alone.</summary>
[Trait("Category", "Servers")]
public sealed class EndedTransactionTests(SharedPostgres postgres)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task those_that_have_ended_are_listed_the_last_first()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var silo = await TestSilo.StartAsync(database);
        foreach (var account in (string[])["ann", "bob"])
            await silo.Grains.GetGrain<IAccountGrain>(account).Execute(new OpenAccount(account, 100));
        await EndAsync("t-1", "bob");
        await EndAsync("t-2", "nobody");
        await EndAsync("t-3", "bob");

        var all = await List(new());

        Assert.Equal(["t-3 Completed ", "t-2 Compensated not-open", "t-1 Completed "], all.Transactions.Select(Shown));
        Assert.All(all.Transactions, one => Assert.True(one.StartedAt <= one.EndedAt && one.Kind == "shop.transfer"));
        Assert.Null(all.Next);
        Assert.Equal(["t-2"], await IdsAsync(new() { Completed = false }));
        Assert.Equal(["t-3", "t-1"], await IdsAsync(new() { Completed = true, Kind = "shop.transfer" }));
        Assert.Empty(await IdsAsync(new() { Kind = "shop.trans" }));
        Assert.Empty(await IdsAsync(new() { OlderThan = TimeSpan.FromHours(1) }));
        var page = await List(new() { Limit = 2 });
        Assert.Equal(["t-1"], await IdsAsync(new() { Limit = 2, After = page.Next }));
        foreach (var bad in (EndedTransactionFilter[])[
            new() { Limit = 0 }, new() { Limit = 1001 }, new() { After = "nonsense" }, new() { OlderThan = TimeSpan.FromSeconds(-1) }])
            await Assert.ThrowsAsync<ArgumentException>(() => List(bad));

        // One that was told before it is stored is listed when it is.
        async Task EndAsync(string id, string to)
        {
            await silo.Grains.GetGrain<ITransferGrain>(id).Execute(new Transfer("ann", to, 1));
            Assert.True((await silo.Grains.GetGrain<ITransferGrain>(id).Wait(Limit)).IsEnded);
            await Eventually.TrueAsync("its end is stored", async () => (await IdsAsync(new())).Contains(id), TimeSpan.FromSeconds(10));
        }

        Task<EndedListing> List(EndedTransactionFilter filter) => silo.Grains.GetGrain<ITransactionsGrain>(0).ListEnded(filter);
        async Task<IEnumerable<string>> IdsAsync(EndedTransactionFilter filter) => (await List(filter)).Transactions.Select(one => one.Id);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("shop.rare/", null)]
    [InlineData("shop.rare/", "false")]
    [InlineData(null, "false")]
    public async Task a_page_is_found_by_the_index_among_many(string? prefix, string? completed)
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        await Sql.ExecuteAsync(database, $$"""
            insert into phoenix.mt_streams (id, version, created, timestamp)
                select 'shop.transfer/' || n, 2, now(), now() from generate_series(1, 20000) n;
            insert into phoenix.mt_events (seq_id, id, stream_id, version, data, type, timestamp, is_archived)
                select 2 * n + v, gen_random_uuid(), 'shop.transfer/' || n, v + 1, '{"completed":true}',
                    case v when 1 then '{{EndedStreams.EndType}}' else 'phoenix.transaction-started' end,
                    now() - make_interval(secs => n), false
                from generate_series(1, 20000) n, generate_series(0, 1) v;
            analyze phoenix.mt_events; analyze phoenix.mt_streams
            """);
        await using var log = new EventLog(database);
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"explain {EndedStreams.Statement(new TableNames(log.Store.Options))}", connection);
        command.Parameters.Add(new() { Value = prefix ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = TimeSpan.Zero });
        command.Parameters.Add(new() { Value = completed ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = DateTime.MaxValue.ToUniversalTime() });
        command.Parameters.Add(new() { Value = "" });
        command.Parameters.Add(new() { Value = 100L });
        var plan = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken)) plan.Add(reader.GetString(0));

        // A kind of which there are few may also be found by its streams' names, where the database's collation lets it.
        if (prefix is null) Assert.Contains(plan, line => line.Contains(EventTable.EndedIndex, StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Seq Scan on mt_events", StringComparison.Ordinal));
    }

    [Fact]
    public void the_index_is_for_the_event_that_ends_transactions() => Assert.Equal(TransactionEnded.Name, EndedStreams.EndType);

    [Fact]
    public async Task an_index_that_is_there_is_as_this_build_defines_it()
    {
        var database = await EventLog.NewDatabaseAsync(postgres);
        await using var log = new EventLog(database);

        await log.Store.Storage.Database.AssertDatabaseMatchesConfigurationAsync(TestContext.Current.CancellationToken);
    }

    private static string Shown(EndedTransaction one) => $"{one.Id} {one.State} {one.Code}";
}
