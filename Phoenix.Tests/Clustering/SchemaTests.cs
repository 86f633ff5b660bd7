using Npgsql;
using Phoenix.Clustering;
using Phoenix.Tests.Infrastructure;
using Xunit;

namespace Phoenix.Tests.Clustering;

[Trait("Category", "Servers")]
public sealed class SchemaTests(SharedPostgres postgres)
{
    [Fact]
    public async Task where_the_schema_is_not_to_be_applied_nothing_is_created()
    {
        var database = await postgres.NewDatabaseAsync();
        var error = await Assert.ThrowsAsync<PostgresException>(() => MembershipTables.OpenAsync(database, configure: options => options.ApplySchema = false));
        Assert.Equal(PostgresErrorCodes.UndefinedTable, error.SqlState);
        Assert.Equal(0L, await Sql.ScalarAsync(database, "select count(*) from pg_namespace where nspname = 'orleans'"));
    }

    [Fact]
    public async Task a_role_that_may_create_nothing_works_with_tables_that_are_there()
    {
        var database = await postgres.NewDatabaseAsync();
        (await MembershipTables.OpenAsync(database, configure: options => options.Schema = "mine_2")).Dispose();
        var role = $"r{Guid.NewGuid():N}";
        await Sql.ExecuteAsync(database, $"create role {role} login password 'secret'; grant usage on schema mine_2 to {role}; grant select, insert, update, delete on all tables in schema mine_2 to {role}");
        try
        {
            var asRole = new NpgsqlConnectionStringBuilder(database) { Username = role, Password = "secret", Pooling = false }.ConnectionString;
            using var table = await MembershipTables.OpenAsync(asRole, configure: options => options.Schema = "mine_2");
            await table.InsertAsync(MembershipTables.NewEntry());
            Assert.Equal(1L, await Sql.CountAsync(database, "mine_2.membership"));
        }
        finally
        {
            await Sql.ExecuteAsync(database, $"drop owned by {role}; drop role {role}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mine")]
    [InlineData("1st")]
    [InlineData("pg_mine")]
    [InlineData("a\"; drop table x; --")]
    public void a_schema_name_that_is_none_is_refused(string schema)
    {
        var result = new PostgresTableOptionsValidator<PostgresClusteringOptions>().Validate(null, new() { ConnectionString = "Host=db", Schema = schema });
        Assert.Contains("PostgresClusteringOptions.Schema is 1 to 63", result.FailureMessage, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MembershipTables.Create("Host=db", configure: options => options.Schema = schema));
    }

    [Fact]
    public void options_that_cannot_work_are_refused_without_a_word_of_secrets()
    {
        var validator = new PostgresTableOptionsValidator<PostgresRemindersOptions>();
        Assert.Contains("ConnectionString is empty", validator.Validate(null, new()).FailureMessage, StringComparison.Ordinal);
        var result = validator.Validate(null, new() { ConnectionString = "Host=db;Passwort=hunter2", TimeLimit = TimeSpan.Zero });
        Assert.Contains("ConnectionString is no connection string", result.FailureMessage, StringComparison.Ordinal);
        Assert.Contains("TimeLimit is 1 s to 5 min", result.FailureMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.FailureMessage, StringComparison.Ordinal);
    }
}
