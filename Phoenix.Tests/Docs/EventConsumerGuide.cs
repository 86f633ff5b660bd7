using Npgsql;
using Phoenix.Client.Events;
using Phoenix.Publishing;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>The consumer of docs/guides/publications.md, on a real database: what comes again has no second effect.</summary>
[Trait("Category", "Servers")]
public sealed class EventConsumerGuide(SharedPostgres postgres)
{
    [Fact]
    public async Task an_event_that_comes_again_has_no_second_effect()
    {
        await using var database = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await using (var tables = database.CreateCommand("""
            create table positions (subject text primary key, position text collate "C" not null);
            create table turnover (account text primary key, amount numeric not null);
            """)) await tables.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var turnover = new Turnover(database);
        foreach (var number in (int[])[1, 2, 1, 2, 3])
            await turnover.HandleAsync(Event(number), TestContext.Current.CancellationToken);
        await using var sum = database.CreateCommand("select amount from turnover where account = 'shop.account/ann'");
        Assert.Equal(15m, await sum.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    private static ReceivedEvent Event(int number) => new()
    {
        Id = $"{number}",
        Type = "shop.money-deposited",
        Source = "shop.account",
        Subject = "shop.account/ann",
        Version = number,
        Position = $"0:{number:d19}",
        Time = DateTimeOffset.UnixEpoch,
        Body = """{"amount":5}"""u8.ToArray(),
    };
}

public sealed record Payment(decimal Amount);

#region consumer
public sealed class Turnover(NpgsqlDataSource database) : IEventHandler
{
    public async Task HandleAsync(ReceivedEvent received, CancellationToken cancellation)
    {
        if (received.Type != "shop.money-deposited") return;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // create table positions (subject text primary key, position text collate "C" not null)
        await using var move = new NpgsqlCommand("""
            insert into positions values ($1, $2) on conflict (subject) do update set position = excluded.position
            where positions.position < excluded.position
            """, connection, transaction) { Parameters = { new() { Value = received.Subject }, new() { Value = received.Position } } };
        if (await move.ExecuteNonQueryAsync(cancellation) == 0) return; // It was here before.

        await using var add = new NpgsqlCommand("""
            insert into turnover values ($1, $2) on conflict (account) do update set amount = turnover.amount + excluded.amount
            """, connection, transaction) { Parameters = { new() { Value = received.Subject }, new() { Value = received.Read<Payment>().Amount } } };
        await add.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
#endregion
