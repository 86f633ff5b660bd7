using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Transfers;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>Transactions on one silo and a real PostgreSQL (guarantee 9).</summary>
[Trait("Category", "Servers")]
public sealed class TransferTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private TestSilo _silo = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _silo = await TestSilo.StartAsync(_database);
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task money_moves_and_the_end_is_told()
    {
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));
        var transfer = _silo.Grains.GetGrain<ITransferGrain>(NewId());

        var started = await transfer.Execute(new Transfer(ann, bob, 30));
        var end = await transfer.Wait(Limit);

        Assert.True(started.IsAccepted);
        Assert.Equal(TransactionState.Completed, end.State);
        Assert.Equal(70m, end.Reply<decimal>());
        Assert.Equal((70m, 30m), (await BalanceAsync(ann), await BalanceAsync(bob)));
        Assert.All(end.Steps, step => Assert.Equal(StepState.Accepted, step.State));
    }

    [Fact]
    public async Task money_that_is_not_taken_goes_back()
    {
        var (ann, nobody) = (await AccountAsync(100), NewId());
        var transfer = _silo.Grains.GetGrain<ITransferGrain>(NewId());

        await transfer.Execute(new Transfer(ann, nobody, 30));
        var end = await transfer.Wait(Limit);

        Assert.Equal((TransactionState.Compensated, "not-open"), (end.State, end.Code));
        Assert.Equal(100m, await BalanceAsync(ann));
        Assert.Equal([StepState.Undone, StepState.Rejected], end.Steps.Select(step => step.State));
    }

    [Fact]
    public async Task the_same_start_is_the_same_transaction_and_another_one_is_refused()
    {
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));
        var transfer = _silo.Grains.GetGrain<ITransferGrain>(NewId());
        var options = new CommandOptions { CommandId = "start-1" };

        await transfer.Execute(new Transfer(ann, bob, 30), options);
        var again = await transfer.Execute(new Transfer(ann, bob, 30), options);
        var other = await transfer.Execute(new Transfer(ann, bob, 30));
        await transfer.Wait(Limit);

        Assert.True(again is { IsAccepted: true, Repeated: true });
        Assert.Equal("already-started", other.Code);
        Assert.Equal(70m, await BalanceAsync(ann));
    }

    [Fact]
    public async Task an_end_that_was_told_is_the_end_that_a_new_activation_tells()
    {
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));
        var id = NewId();
        await _silo.Grains.GetGrain<ITransferGrain>(id).Execute(new Transfer(ann, bob, 30));
        var end = await _silo.Grains.GetGrain<ITransferGrain>(id).Wait(Limit);
        await _silo.DisposeAsync();
        _silo = await TestSilo.StartAsync(_database);

        // Told before it was stored, perhaps: then it is found out again.
        var told = await _silo.Grains.GetGrain<ITransferGrain>(id).Wait(Limit);

        Assert.Equal(end with { Steps = [] }, told with { Steps = [] });
        Assert.Equal(end.Steps, told.Steps);
    }

    [Fact]
    public async Task transactions_of_a_silo_that_stopped_are_taken_up_without_anybody_calling_them()
    {
        var accounts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AccountAsync(100)));
        var held = await HeldStream.TakeAsync(_database, accounts[0]);
        var starts = Enumerable.Range(0, 200).Select(number => _silo.Grains.GetGrain<ITransferGrain>(NewId())
            .Execute(new Transfer(accounts[number % 10], accounts[(number + 1) % 10], 1))).ToList();
        // The others may be on their way, or refused by a silo that stops.
        await starts[0];
        await _silo.DisposeAsync();
        await Task.WhenAll(starts.Select(start => start.ContinueWith(_ => { }, TaskScheduler.Default)));
        var started = await Sql.CountAsync(_database, "phoenix.mt_events where type = 'phoenix.transaction-started'");
        var left = started - await EndedAsync();
        await held.DisposeAsync();
        _silo = await TestSilo.StartAsync(_database);

        await Eventually.TrueAsync("every transfer has ended", async () => await EndedAsync() == started);

        Assert.InRange(started, starts.Count(start => start.IsCompletedSuccessfully), starts.Count);
        Assert.True(left > 0, "Every transfer had ended without one of its accounts.");
        Assert.Equal(1000m, (await Task.WhenAll(accounts.Select(BalanceAsync))).Sum());
        Assert.Equal(0, await Sql.CountAsync(_database, "phoenix.phoenix_due"));
    }

    [Fact]
    public async Task a_fact_cannot_be_sent_from_outside()
    {
        var transfer = _silo.Grains.GetGrain<ITransferGrain>(NewId());

        var error = await Assert.ThrowsAsync<CommandFailedException>(() =>
            transfer.Execute(new CommandMessage { CommandId = "1", Name = KeepFact.Name, Payload = "{}"u8.ToArray() }));

        Assert.Equal(ErrorCodes.UnknownName, error.Code);
        Assert.Equal(2, error.Message.Split(KeepFact.Name).Length);
    }

    [Fact]
    public async Task a_closed_step_never_takes_effect_and_whoever_closes_proves_that_the_step_is_its_own()
    {
        var ann = await AccountAsync(100);
        var step = new StepReference("shop.transfer/t", "withdraw", StepPhase.Do, 1);
        var close = new CommandMessage { CommandId = step.CommandId, Name = StepReference.CloseName, Payload = "{}"u8.ToArray(), Step = step };
        var account = _silo.Grains.GetGrain<IAccountGrain>(ann);

        var closed = await account.Execute(close);
        var late = await account.Execute(CommandMessage.Of(new Withdraw(30), new CommandOptions { CommandId = step.CommandId }) with { Step = step });
        var foreign = await Assert.ThrowsAsync<CommandFailedException>(() => account.Execute(close with { CommandId = "someone-elses" }));

        Assert.Equal(TransactionCodes.StepClosed, closed.Code);
        Assert.Equal(TransactionCodes.StepClosed, late.Code);
        Assert.Equal(ErrorCodes.Undecodable, foreign.Code);
        Assert.Equal(100m, await BalanceAsync(ann));
    }

    [Fact]
    public async Task closing_what_was_decided_gives_its_outcome()
    {
        var ann = await AccountAsync(100);
        var step = new StepReference("shop.transfer/t", "withdraw", StepPhase.Do, 1);
        var account = _silo.Grains.GetGrain<IAccountGrain>(ann);

        await account.Execute(CommandMessage.Of(new Withdraw(30), new CommandOptions { CommandId = step.CommandId }) with { Step = step });
        var closed = await account.Execute(new CommandMessage { CommandId = step.CommandId, Name = StepReference.CloseName, Payload = "{}"u8.ToArray(), Step = step });

        Assert.True(closed is { IsAccepted: true, Repeated: true });
        Assert.Equal(70m, closed.Reply<decimal>());
    }

    [Fact]
    public async Task eight_closings_and_a_late_step_at_once_end_alike_at_an_aggregate_that_does_not_exist()
    {
        var step = new StepReference("shop.transfer/t", "open", StepPhase.Do, 1);
        var account = _silo.Grains.GetGrain<IAccountGrain>(NewId());
        var close = new CommandMessage { CommandId = step.CommandId, Name = StepReference.CloseName, Payload = "{}"u8.ToArray(), Step = step };
        var open = CommandMessage.Of(new OpenAccount("Ann", 5), new CommandOptions { CommandId = step.CommandId }) with { Step = step };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 9).Select(number => account.Execute(number == 4 ? open : close)));

        Assert.Single(outcomes.Select(outcome => (outcome.Status, outcome.Code)).Distinct());
    }

    private Task<long> EndedAsync() => Sql.CountAsync(_database, "phoenix.mt_events where type = 'phoenix.transaction-ended'");

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private async Task<string> AccountAsync(decimal money)
    {
        var id = NewId();
        await _silo.Grains.GetGrain<IAccountGrain>(id).Execute(new OpenAccount("Somebody", money));
        return id;
    }

    private async Task<decimal> BalanceAsync(string account) => (await _silo.Grains.GetGrain<IAccountGrain>(account).Query(new GetAccount())).Balance;
}
