using JasperFx.Events;
using Marten;
using Marten.Events.Aggregation;
using Marten.Events.Projections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Phoenix.Client.ReadModels;
using Phoenix.EventStore;
using Phoenix.Hosting;
using Shop.Accounts;
using Weasel.Postgresql.Tables;

namespace Phoenix.Tests.Docs;

#region projection
/// <summary>How many points each guest has: a plain table, one row a guest.</summary>
public sealed class GuestPoints : EventProjection
{
    private readonly string _table;

    public GuestPoints(string schema)
    {
        var table = new Table($"{schema}.guest_points");
        table.AddColumn<string>("guest").AsPrimaryKey();
        table.AddColumn<int>("points").NotNull();
        table.AddColumn<long>("version").NotNull();
        SchemaObjects.Add(table);
        Options.DeleteDataInTableOnTeardown(table.Identifier.QualifiedName);
        _table = table.Identifier.QualifiedName;
        Name = "guest_points";
        IncludeType<PointsAdded>();
    }

    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        operations.QueueSqlCommand(
            $"""
            insert into {_table} as row (guest, points, version) values (?, ?, ?)
            on conflict (guest) do update set points = row.points + excluded.points, version = excluded.version
            where row.version < excluded.version
            """,
            e.StreamKey!["guide.guest/".Length..], ((PointsAdded)e.Data).Points, e.Version);
        return ValueTask.CompletedTask;
    }
}
#endregion

#region version
/// <summary>Version 2 of the same projection: it counts how often points were added, too, and has a table of its own.</summary>
public sealed class CountedGuestPoints : EventProjection
{
    private readonly string _table;

    public CountedGuestPoints(string schema)
    {
        var table = new Table($"{schema}.guest_points_2");
        table.AddColumn<string>("guest").AsPrimaryKey();
        table.AddColumn<int>("points").NotNull();
        table.AddColumn<int>("times").NotNull();
        table.AddColumn<long>("version").NotNull();
        SchemaObjects.Add(table);
        _table = table.Identifier.QualifiedName;
        (Name, Version) = ("guest_points", 2);
        IncludeType<PointsAdded>();
    }

    public override ValueTask ApplyAsync(IDocumentOperations operations, IEvent e, CancellationToken cancellation)
    {
        operations.QueueSqlCommand(
            $"""
            insert into {_table} as row (guest, points, times, version) values (?, ?, 1, ?)
            on conflict (guest) do update set points = row.points + excluded.points, times = row.times + 1, version = excluded.version
            where row.version < excluded.version
            """,
            e.StreamKey!["guide.guest/".Length..], ((PointsAdded)e.Data).Points, e.Version);
        return ValueTask.CompletedTask;
    }
}
#endregion

#region row
/// <summary>A row of account-balances. LastChange is the column last_change.</summary>
public sealed record AccountBalance(string AccountId, decimal Balance, DateTimeOffset LastChange);
#endregion

#region document
/// <summary>Who owns an account, and how often something was paid in: a document.</summary>
public sealed class AccountOwner
{
    public string Id { get; set; } = "";

    public string Owner { get; set; } = "";

    public int Deposits { get; set; }
}

/// <summary>Fills it.</summary>
public sealed partial class AccountOwners : SingleStreamProjection<AccountOwner, string>
{
    public AccountOwners() => Name = "account_owners";

    public static AccountOwner Create(AccountOpened opened) => new() { Owner = opened.Owner };

    public static void Apply(MoneyDeposited _, AccountOwner view) => view.Deposits++;
}
#endregion

internal static class ReadModelsGuide
{
    public static void AddReading(IHostApplicationBuilder builder) =>
        #region add-read-models
        builder.AddReadModels(typeof(Account).Assembly);
        #endregion

    public static async Task<IReadOnlyList<AccountOwner>> OfAsync(IReadModelStore readModels, CancellationToken cancellation = default)
    {
        #region linq
        await using var session = readModels.QuerySession();
        var busy = await session.Query<AccountOwner>()
            .Where(account => account.Deposits >= 2)
            .OrderBy(account => account.Owner)
            .ToListAsync(cancellation);
        #endregion
        return busy;
    }


    public static void Add(IServiceCollection services) =>
        #region add-client
        services.AddReadModelClient(options =>
        {
            options.Gateway = new Uri("https://gateway.example.com");
            options.TokenFile = "/run/secrets/gateway/token";
        });
        #endregion

    public static async Task<string> RichAsync(IReadModelClient client, CancellationToken cancellation = default)
    {
        var found = new List<string>();
        #region list
        var balances = client.Of<AccountBalance>("account-balances");
        var ann = await balances.GetAsync("ann", cancellation); // null when there is no such row, or not yet

        var rich = new ReadModelQuery<AccountBalance>()
            .Where(row => row.Balance, Comparison.AtLeast, 1000m)
            .OrderByDescending(row => row.Balance);
        await foreach (var row in balances.ListAsync(rich, cancellation)) found.Add($"{row.AccountId} {row.Balance}");
        #endregion
        return ann is null ? "" : string.Join(", ", found);
    }
}
