using System.Net;
using Npgsql;
using Xunit;

namespace Phoenix.Tests.Gateway;

[Trait("Category", "Servers")]
public sealed class ReadModelTests(SharedKafka kafka, SharedPostgres postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_row_is_found_by_its_key_and_comes_as_json()
    {
        await using var gateway = await StartAsync();
        var response = await gateway.Http.GetAsync("/v1/read-models/balances/a%2F1", Cancellation);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var row = await response.JsonAsync();
        Assert.Equal(("a/1", 12.50m), (row.GetProperty("account_id").GetString(), row.GetProperty("balance").GetDecimal()));
    }

    [Theory]
    [InlineData("50%2525", "50%25")]
    [InlineData("a%252Fb", "a%2Fb")]
    public async Task a_key_is_decoded_once(string path, string key)
    {
        await using var gateway = await StartAsync();
        var row = await (await gateway.Http.GetAsync($"/v1/read-models/balances/{path}", Cancellation)).JsonAsync();
        Assert.Equal(key, row.GetProperty("account_id").GetString());
    }

    [Fact]
    public async Task a_key_of_another_type_is_found_and_nonsense_is_not_found()
    {
        await using var gateway = await StartAsync();
        Assert.Equal(2, (await (await gateway.Http.GetAsync("/v1/read-models/orders/2", Cancellation)).JsonAsync()).GetProperty("id").GetInt32());
        foreach (var id in (string[])["3", "abc", "99999999999999999999", "1'%20or%20'1'='1", "2;drop%20table%20orders"])
        {
            var response = await gateway.Http.GetAsync($"/v1/read-models/orders/{id}", Cancellation);
            Assert.Equal((HttpStatusCode.NotFound, "not-found"), (response.StatusCode, await response.ProblemCodeAsync()));
        }
    }

    [Fact]
    public async Task a_list_is_ordered_by_key_and_limited()
    {
        await using var gateway = await StartAsync();
        var rows = (await (await gateway.Http.GetAsync("/v1/read-models/orders?limit=1", Cancellation)).JsonAsync()).GetProperty("rows");
        Assert.Equal([1], rows.EnumerateArray().Select(row => row.GetProperty("id").GetInt32()));
        foreach (var limit in (string[])["0", "501", "-1", "x", ""])
            Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Http.GetAsync($"/v1/read-models/orders?limit={limit}", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task only_configured_relations_can_be_read()
    {
        await using var gateway = await StartAsync();
        foreach (var name in (string[])["secrets", "account_balances", "pg_authid"])
            Assert.Equal(HttpStatusCode.NotFound, (await gateway.Http.GetAsync($"/v1/read-models/{name}", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task a_relation_that_writes_when_read_cannot()
    {
        await using var gateway = await StartAsync();
        var response = await gateway.Http.GetAsync("/v1/read-models/greedy", Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "unavailable"), (response.StatusCode, await response.ProblemCodeAsync()));
    }

    private async Task<RunningGateway> StartAsync()
    {
        var database = await postgres.NewDatabaseAsync();
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            """
            create schema phoenix;
            create table phoenix.account_balances (account_id text primary key, balance numeric not null);
            insert into phoenix.account_balances values ('a/1', 12.50), ('50%25', 1), ('a%2Fb', 2);
            create table phoenix.orders (id int primary key);
            insert into phoenix.orders values (2), (1);
            create table phoenix.secrets (id int);
            create function phoenix.take() returns int language sql as 'insert into phoenix.secrets values (1) returning 1';
            create view phoenix.greedy as select phoenix.take() as id;
            """);
        await command.ExecuteNonQueryAsync(Cancellation);
        return await RunningGateway.StartAsync(kafka, [("Phoenix:ConnectionString", database), ("Phoenix:Cluster:Discover", "false"), .. Model(0, "balances", "account_balances", "account_id"), .. Model(1, "orders", "phoenix.orders", "id"), .. Model(2, "greedy", "greedy", "id")]);
    }

    private static (string, string)[] Model(int index, string name, string relation, string key) =>
    [
        ($"Phoenix:ReadModels:{index}:Name", name),
        ($"Phoenix:ReadModels:{index}:Relation", relation),
        ($"Phoenix:ReadModels:{index}:Key", key),
    ];
}
