using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Phoenix.Gateway.Hosting;
using Phoenix.Gateway.ReadModels;
using Xunit;
using Sql = Phoenix.Tests.Infrastructure.Sql;

namespace Phoenix.Tests.Gateway;

/// <summary>A gateway that starts says what it was told to show and cannot.</summary>
[Trait("Category", "Servers")]
public sealed class ReadModelCheckTests(SharedPostgres postgres) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _log = [];

    [Fact]
    public async Task what_does_not_fit_is_in_the_log_also_when_the_relation_comes_later()
    {
        var database = await postgres.NewDatabaseAsync();
        var catalog = new ReadModelCatalog([new() { Name = "books", Relation = "books", Key = "id", Sortable = { "weight" } }]);
        await using var source = new ReadModelSource(Options.Create(new PhoenixGatewayOptions { ConnectionString = database }));
        var time = new FakeTimeProvider();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(this));
        using var check = new ReadModelCheck(catalog, source, time, loggers.CreateLogger<ReadModelCheck>());
        await check.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync("the missing relation is told", () => Told("'books' of the read model 'books' is not there"));
        await Sql.ExecuteAsync(database, "create schema phoenix; create table phoenix.books (id int primary key)");
        await Eventually.TrueAsync("it looks again and is done", () =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return check.ExecuteTask!.IsCompletedSuccessfully;
        });
        Assert.True(Told("declares the column 'weight', which the relation 'books' does not have"));
        Assert.Equal(2, _log.Count);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _log.Enqueue(formatter(state, exception));

    void IDisposable.Dispose()
    {
    }

    private bool Told(string text) => _log.Any(line => line.Contains(text, StringComparison.Ordinal));
}
