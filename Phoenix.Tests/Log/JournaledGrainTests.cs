using Marten;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.EventStore;
using Phoenix.Faults;
using Xunit;

namespace Phoenix.Tests.Log;

/// <summary>A plain <c>JournaledGrain</c> on the provider, beside the same grain on Orleans' CustomStorage.</summary>
[Trait("Category", "Servers")]
public sealed class JournaledGrainTests(Notebooks notebooks) : IClassFixture<Notebooks>
{
    private static readonly TimeSpan Patience = Eventually.Patience;

    [Fact]
    public async Task raised_events_are_confirmed_read_back_and_kept()
    {
        var (notebook, name) = notebooks.New();
        Assert.Equal(1, await notebook.Jot("one"));
        Assert.Equal(2, await notebook.Jot("two"));
        Assert.True(await notebook.JotIfUnchanged("three"));

        Assert.Equal(["one", "two", "three"], await notebook.Confirmed());
        Assert.Equal(["one", "two", "three"], await notebooks.Stranger(name).Read(refresh: false));
    }

    [Fact]
    public async Task an_event_raised_during_a_commit_goes_with_the_next()
    {
        var (notebook, name) = notebooks.New();
        Assert.Equal((true, true), await notebook.JotWhileConfirming("one", "two"));
        Assert.Equal(["one", "two"], await notebooks.Stranger(name).Read(refresh: true));
    }

    [Fact]
    public async Task an_event_raised_during_a_commit_that_fails_is_told_to_be_lost()
    {
        var (notebook, name) = notebooks.New();
        var held = notebooks.Proxy.HoldNextCommit();
        Assert.Equal((false, false), await notebook.JotWhileConfirming("one", "two"));
        await held.ReleaseAsync();

        Assert.Equal(["one"], await notebooks.Stranger(name).Read(refresh: true));
        await Eventually.TrueAsync("the next activation knows what is stored", async () => (await notebook.Read(refresh: false)) is ["one"]);
    }

    [Fact]
    public async Task a_lost_commit_reply_is_one_event()
    {
        var (notebook, name) = notebooks.New();
        await notebook.Jot("before");
        var fault = notebooks.Proxy.SwallowNextCommitReply();

        Assert.Equal(2, await notebook.Jot("once"));

        await fault.Hit.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(["before", "once"], await notebook.Read(refresh: false));
        Assert.Equal(["before", "once"], await notebooks.Stranger(name).Read(refresh: true));
    }

    /// <summary>What this provider is for: Orleans' own retries see the version that their first attempt wrote, and write again.</summary>
    [Fact]
    public async Task a_lost_commit_reply_on_custom_storage_is_two_events()
    {
        var stock = notebooks.Silo.Grains.GetGrain<INotebookGrain>(Guid.NewGuid().ToString("N"), typeof(StockNotebookGrain).FullName);
        var name = stock.GetPrimaryKeyString();
        await stock.Jot("before");
        var fault = notebooks.StockProxy.SwallowNextCommitReply();

        await stock.Jot("once");

        await fault.Hit.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(3, await EventLog.ScalarAsync<long>(notebooks.Database, $"select count(*) from phoenix.mt_events where stream_id = 'stock/{name}'"));
    }

    [Fact]
    public async Task two_silos_lose_none_of_their_events_and_conditions_hold()
    {
        var (here, name) = notebooks.New();
        var there = notebooks.Stranger(name);
        for (var i = 0; i < 10; i++) await Task.WhenAll(here.Jot($"here {i}"), there.Jot($"there {i}"));

        await here.Read(refresh: true);
        await there.Jot("unseen");
        Assert.False(await here.JotIfUnchanged("on what it never saw"));
        Assert.True(await here.JotIfUnchanged("on what it saw"));
        var lines = await there.Read(refresh: true);
        Assert.Equal(22, lines.Count);
        Assert.Equal(22, lines.Distinct().Count());
        Assert.Equal(0, await EventLog.ScalarAsync<long>(notebooks.Database, $"""
            select count(*) from phoenix.mt_streams s where s.id = 'tests.notebook/{name}' and s.version <> (select count(*) from phoenix.mt_events e where e.stream_id = s.id)
            """));
    }

    [Fact]
    public async Task an_event_that_cannot_be_applied_never_reaches_the_log()
    {
        var (notebook, name) = notebooks.New();
        await notebook.Jot("good");
        await Assert.ThrowsAsync<InvalidOperationException>(() => notebook.Jot("unbearable"));

        await Eventually.TrueAsync("the next activation works", async () => await notebook.Read(refresh: false) is ["good"]);
        Assert.Equal(["good"], await notebooks.Stranger(name).Read(refresh: true));
    }
}

/// <summary>Two silos that do not know each other; the first one's ways to PostgreSQL lead through proxies.</summary>
public sealed class Notebooks(SharedPostgres postgres) : IAsyncLifetime
{
    private TestSilo _stranger = null!;

    public string Database { get; private set; } = null!;
    public PostgresFaultProxy Proxy { get; private set; } = null!;
    public PostgresFaultProxy StockProxy { get; private set; } = null!;
    internal TestSilo Silo { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.NewDatabaseAsync();
        Proxy = new PostgresFaultProxy(Database, isWrite: ProxiedLog.IsAppend);
        // The projections' daemon commits on the same connections.
        StockProxy = new PostgresFaultProxy(Database, "stock", sql => sql.StartsWith("select phoenix.mt_quick_append_events(", StringComparison.Ordinal));
        Silo = await StartAsync(Proxy.ConnectionString, StockProxy.WatchedConnectionString);
        _stranger = await StartAsync(Database, Database);
    }

    public (INotebookGrain Notebook, string Name) New()
    {
        var name = Guid.NewGuid().ToString("N");
        return (Silo.Grains.GetGrain<INotebookGrain>(name, typeof(NotebookGrain).FullName), name);
    }

    public INotebookGrain Stranger(string name) => _stranger.Grains.GetGrain<INotebookGrain>(name, typeof(NotebookGrain).FullName);

    public async ValueTask DisposeAsync()
    {
        await _stranger.DisposeAsync();
        await Silo.DisposeAsync();
        await Proxy.DisposeAsync();
        await StockProxy.DisposeAsync();
    }

    private static Task<TestSilo> StartAsync(string log, string marten) => TestSilo.StartAsync(log, silo: silo =>
    {
        silo.AddCustomStorageBasedLogConsistencyProvider("CustomStorage");
        silo.Services.ConfigureMarten<ILogStore>(store =>
        {
            store.Connection(new NpgsqlConnectionStringBuilder(marten).ConnectionString);
            store.Events.MapEventType<Jotted>("tests.jotted");
        });
        silo.Services.Configure<EventStoreOptions>(options => (options.AttemptTimeLimit, options.CommitTimeLimit) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
    });
}
