using Npgsql;
using Phoenix.Publishing;
using Phoenix.TestKit;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>The sink of docs/guides/publications.md, on a real database: what comes again has no second effect.</summary>
[Trait("Category", "Servers")]
public sealed class PublicationSinkGuide(SharedPostgres postgres)
{
    [Fact]
    public async Task a_message_that_comes_again_has_no_second_effect()
    {
        await using var database = NpgsqlDataSource.Create(await postgres.NewDatabaseAsync());
        await using (var table = database.CreateCommand(
            """create table audit (subject text, position text collate "C", type text, body jsonb, primary key (subject, position))"""))
            await table.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        #region specification
        await PublicationSpecification.For<Shop<int>.Audit>()
            .Given<IAccountGrain>("ann", new AccountOpened("Ann"), new MoneyDeposited(5))
            .SendToAsync(new AuditTable(database)); // Each message, and then all once more, as after an interruption.
        #endregion

        await using var count = database.CreateCommand("select count(*) from audit where subject = 'shop.account/ann'");
        Assert.Equal(2L, await count.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    // Of a generic class, so that no host takes it for a publication of its domain.
    private static class Shop<T>
    {
        #region publication
        [Publication("shop.audit", Aggregates = ["shop.account"], Sink = typeof(AuditTable))]
        public sealed class Audit : Publication;
        #endregion
    }
}

#region sink
/// <summary>Keeps every event of an account in another database.</summary>
public sealed class AuditTable(NpgsqlDataSource database) : IPublicationSink
{
    public async Task TakeAsync(ReceivedEvent message, CancellationToken cancellation)
    {
        // create table audit (subject text, position text collate "C", type text, body jsonb, primary key (subject, position))
        await using var add = database.CreateCommand("insert into audit values ($1, $2, $3, $4::jsonb) on conflict do nothing");
        add.Parameters.Add(new() { Value = message.Subject });
        add.Parameters.Add(new() { Value = message.Position });
        add.Parameters.Add(new() { Value = message.Type });
        add.Parameters.Add(new() { Value = System.Text.Encoding.UTF8.GetString(message.Body.Span) });
        await add.ExecuteNonQueryAsync(cancellation);
    }
}
#endregion
