using Phoenix.Messages;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>Commands by grain call, on one silo and a real PostgreSQL.</summary>
[Trait("Category", "Servers")]
public sealed class GrainCommandTests(SharedPostgres postgres) : IAsyncLifetime
{
    private TestSilo _silo = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _silo = await TestSilo.StartAsync(_database);
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task an_accepted_command_changes_state_and_answers_with_versions_and_reply()
    {
        var account = NewAccount();
        var opened = await account.Execute(new OpenAccount("Ann", 100));
        var withdrawn = await account.Execute(new Withdraw(30));

        Assert.True(opened.IsAccepted);
        Assert.Equal((0, 2), (opened.VersionBefore, opened.VersionAfter));
        Assert.Equal((2, 3), (withdrawn.VersionBefore, withdrawn.VersionAfter));
        Assert.Equal(70m, withdrawn.Reply<decimal>());
        Assert.Equal(70m, (await account.Query(new GetAccount())).Balance);
    }

    [Fact]
    public async Task a_rejection_names_its_code_and_changes_nothing()
    {
        var account = NewAccount();
        await account.Execute(new OpenAccount("Ann", 10));
        var rejected = await account.Execute(new Withdraw(30));

        Assert.Equal((OutcomeStatus.Rejected, "insufficient-funds"), (rejected.Status, rejected.Code));
        Assert.Equal(10m, (await account.Query(new GetAccount())).Balance);
    }

    [Fact]
    public async Task the_same_id_takes_effect_once_and_gets_the_first_outcome()
    {
        var account = NewAccount();
        await account.Execute(new OpenAccount("Ann", 100));
        var options = new CommandOptions { CommandId = "withdraw-1" };
        var first = await account.Execute(new Withdraw(30), options);
        var repeat = await account.Execute(new Withdraw(30), options);

        Assert.Equal(first with { Repeated = true }, repeat);
        Assert.Equal(70m, (await account.Query(new GetAccount())).Balance);
    }

    [Fact]
    public async Task many_at_once_are_decided_one_after_another()
    {
        var account = NewAccount();
        await account.Execute(new OpenAccount("Ann", 50));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => account.Execute(new Withdraw(1))));

        Assert.Equal(50, outcomes.Count(outcome => outcome.IsAccepted));
        Assert.Equal(0m, (await account.Query(new GetAccount(), linearizable: true)).Balance);
        var history = await account.History(0, 1000);
        Assert.Equal(Enumerable.Range(1, 52).Select(version => (long)version), history.Events.Select(@event => @event.Version));
    }

    [Fact]
    public async Task history_state_and_trials_look_at_the_past_without_changing_it()
    {
        var account = NewAccount();
        await account.Execute(new OpenAccount("Ann", 100), new CommandOptions { CommandId = "open", CorrelationId = "c-1" });
        await account.Execute(new Withdraw(30));

        Assert.Equal(100m, (await account.LoadAt<Account>(Moment.AtVersion(2))).Balance);
        var trial = await account.Trial(new Withdraw(100), Moment.AtVersion(2));
        Assert.True(trial.Outcome.IsAccepted);
        Assert.Equal("shop.money-withdrawn", trial.Events.Single().Name);
        Assert.Equal("insufficient-funds", (await account.Trial(new Withdraw(100))).Outcome.Code);

        var history = await account.History(0, 2);
        Assert.Equal(["open", "open"], history.Events.Select(@event => @event.CommandId));
        Assert.Equal("c-1", history.Events[0].CorrelationId);
        Assert.Equal(2, history.NextAfter);

        var opened = Moment.AtTime(history.Events[1].Timestamp);
        Assert.Equal(100m, (await account.LoadAt<Account>(opened)).Balance);
        Assert.True((await account.Trial(new Withdraw(100), opened)).Outcome.IsAccepted);
        var before = Moment.AtTime(history.Events[0].Timestamp.AddSeconds(-1));
        Assert.Equal(0, (await account.StateAt(before)).Version);
        Assert.False((await account.Trial(new Withdraw(1), before)).Outcome.IsAccepted);
        Assert.Equal(70m, (await account.Query(new GetAccount())).Balance);
    }

    [Fact]
    public async Task a_bad_command_is_a_typed_error()
    {
        var account = NewAccount();
        var unknown = await Assert.ThrowsAsync<CommandFailedException>(() => account.Execute(Raw("shop.steal", "{}")));
        Assert.Equal(ErrorCodes.UnknownName, unknown.Code);
        Assert.Contains("shop.withdraw", unknown.Message, StringComparison.Ordinal);
        var undecodable = await Assert.ThrowsAsync<CommandFailedException>(() => account.Execute(Raw("shop.withdraw", """{"amount":"much"}""")));
        Assert.Equal(ErrorCodes.Undecodable, undecodable.Code);
        await account.Execute(new OpenAccount("Ann", 1), new CommandOptions { CommandId = "x" });
        var reused = await Assert.ThrowsAsync<CommandIdReusedException>(() => account.Execute(new Deposit(1), new CommandOptions { CommandId = "x" }));
        Assert.Equal(ErrorCodes.IdReused, reused.Code);
    }

    private static CommandMessage Raw(string name, string json) =>
        new() { CommandId = Guid.CreateVersion7().ToString(), Name = name, Payload = System.Text.Encoding.UTF8.GetBytes(json) };

    private IAccountGrain NewAccount() => _silo.Grains.GetGrain<IAccountGrain>(Guid.NewGuid().ToString("N"));
}
