using Microsoft.Extensions.DependencyInjection;
using Phoenix.Due;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Tests.Engine;
using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>
/// What hurt others with TCC: a cancel that comes before its try, or at once with it, a try that comes late, and a confirm or cancel that
/// is refused. Nothing that was given up is confirmed, and nothing stays reserved. On one silo and a real PostgreSQL.
/// </summary>
[Trait("Category", "Servers")]
public sealed class ReservationTests(SharedPostgres postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly StepReference Try = new("tests.settlement/t", "pay", StepPhase.Do, 1);

    private readonly Hindrances _hindrances = new();
    private TestSilo _silo = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _silo = await TestSilo.StartAsync(_database, silo: silo => silo.Services.AddSingleton<IHindrance>(_hindrances));
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task a_try_that_comes_after_its_closing_reserves_nothing()
    {
        var ann = await AccountAsync(100);

        var closed = await ann.Execute(Close);
        var late = await ann.Execute(Reserve);

        Assert.Equal((TransactionCodes.StepClosed, TransactionCodes.StepClosed), (closed.Code, late.Code));
        Assert.Equal((100m, 0m), await BalanceAndReservedAsync(ann));
    }

    [Fact]
    public async Task a_closing_that_comes_after_its_try_tells_of_it_and_any_number_of_cancels_has_one_effect()
    {
        var ann = await AccountAsync(100);
        await ann.Execute(new ReserveMoney(50));

        await ann.Execute(Reserve);
        var closed = await ann.Execute(Close);
        var cancels = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ann.Execute(Cancel)));

        Assert.True(closed is { IsAccepted: true, Repeated: true });
        Assert.All(cancels, cancel => Assert.True(cancel.IsAccepted));
        Assert.Equal((100m, 50m), await BalanceAndReservedAsync(ann));
    }

    [Fact]
    public async Task a_try_and_its_closing_at_once_end_alike()
    {
        var accounts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AccountAsync(100)));

        await Task.WhenAll(accounts.Select(async (account, number) =>
        {
            CommandMessage[] messages = number % 2 == 0 ? [Reserve, Close] : [Close, Reserve];
            var outcomes = await Task.WhenAll(messages.Select(message => account.Execute(message)));
            var (status, code) = Assert.Single(outcomes.Select(outcome => (outcome.Status, outcome.Code)).Distinct());
            Assert.Equal((100m, code is null ? 30m : 0m), await BalanceAndReservedAsync(account));
        }));
    }

    [Fact]
    public async Task eight_closings_and_a_late_try_at_once_leave_one_marker_at_aggregates_that_do_not_exist()
    {
        var accounts = Enumerable.Range(0, 20).Select(_ => _silo.Grains.GetGrain<IAccountGrain>(NewId())).ToList();

        var outcomes = await Task.WhenAll(accounts.SelectMany((account, number) =>
            Enumerable.Range(0, 9).Select(message => account.Execute(message == number % 9 ? Reserve : Close))));

        Assert.All(outcomes, outcome => Assert.True(outcome.Code is TransactionCodes.StepClosed or "not-open"));
        Assert.All(outcomes.Chunk(9), same => Assert.Single(same.Select(outcome => outcome.Code).Distinct()));
        Assert.Equal(20, await Sql.CountAsync(_database, $"phoenix.phoenix_ledger where original_id = '{Try.CommandId}'"));
        Assert.Equal(0, await Sql.CountAsync(_database, "phoenix.mt_events"));
    }

    [Fact]
    public async Task a_confirm_is_not_taken_for_a_try_that_was_closed()
    {
        var ann = await AccountAsync(100);
        await ann.Execute(Close);
        await ann.Execute(Reserve);

        var confirm = await ann.Execute(CommandMessage.Of(new PayReserved(30), new CommandOptions { CommandId = "confirm" }));

        Assert.Equal("not-reserved", confirm.Code);
    }

    [Fact]
    public async Task a_try_in_flight_when_its_time_limit_passes_is_closed_or_cancelled_and_never_both()
    {
        var gate = _hindrances.Gate("gate", out var reached);
        var (counter, other) = (_silo.Grains.GetGrain<ICounterGrain>(NewId()), NewId());
        var settlement = _silo.Grains.GetGrain<ISettlementGrain>(NewId());

        await settlement.Execute(new Count(counter.GetPrimaryKeyString(), other));
        await reached;
        await Eventually.TrueAsync("the closing is stored", async () => await EventsAsync("phoenix.transaction-step-closing") == 1);
        gate.SetResult();
        var end = await settlement.Wait(Limit);

        Assert.Equal(TransactionState.Compensated, end.State);
        Assert.Equal(0, await counter.Query(new GetTotal()));
        var taken = await EventsAsync("tests.added");
        Assert.Equal(end.Steps[0].State == StepState.Cancelled ? 2 : 0, taken);
    }

    [Fact]
    public async Task a_try_that_another_activation_is_deciding_when_it_is_closed_takes_no_effect()
    {
        var gate = _hindrances.Gate("gate", out var reached);
        await using var stranger = await TestSilo.StartAsync(_database, silo: silo => silo.Services.AddSingleton<IHindrance>(_hindrances));
        var counter = _silo.Grains.GetGrain<ICounterGrain>(NewId());
        var add = CommandMessage.Of(new AddWhenLet(5, "gate"), new CommandOptions { CommandId = Try.CommandId }) with { Step = Try };

        var late = counter.Execute(add);
        await reached;
        var closed = await stranger.Grains.GetGrain<ICounterGrain>(counter.GetPrimaryKeyString()).Execute(Close);
        gate.SetResult();

        Assert.Equal((TransactionCodes.StepClosed, TransactionCodes.StepClosed), (closed.Code, (await late).Code));
        Assert.Equal(0, await counter.Query(new GetTotal()));
        Assert.Equal(0, await EventsAsync("tests.added"));
    }

    [Fact]
    public async Task a_confirm_that_is_refused_goes_on_when_somebody_set_it_right()
    {
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));
        var settlement = await StuckAsync(new Settle(ann.GetPrimaryKeyString(), bob.GetPrimaryKeyString(), 30, 40), StepPhase.Confirm);

        var turned = await Assert.ThrowsAsync<CommandFailedException>(() => settlement.TurnBack("Enough."));
        await ann.Execute(new ReserveMoney(10));
        await settlement.Resume();
        var end = await settlement.Wait(Limit);

        Assert.Contains("every step of it was accepted", turned.Message, StringComparison.Ordinal);
        Assert.Equal((TransactionState.Completed, StepState.Confirmed), (end.State, end.Steps[0].State));
        Assert.Equal((60m, 0m), await BalanceAndReservedAsync(ann));
        Assert.Equal((1m, 0m), await BalanceAndReservedAsync(bob));
    }

    [Fact]
    public async Task a_confirm_that_is_refused_can_be_skipped()
    {
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));
        var settlement = await StuckAsync(new Settle(ann.GetPrimaryKeyString(), bob.GetPrimaryKeyString(), 30, 40), StepPhase.Confirm);

        await Assert.ThrowsAsync<CommandFailedException>(() => settlement.Skip("pay", StepPhase.Cancel, "Wrong phase."));
        await settlement.Skip("pay", StepPhase.Confirm, "Paid in cash.");
        var end = await settlement.Wait(Limit);

        Assert.Equal((TransactionState.Completed, StepState.Skipped), (end.State, end.Steps[0].State));
        Assert.Equal((100m, 30m), await BalanceAndReservedAsync(ann));
    }

    [Fact]
    public async Task a_cancel_that_is_refused_goes_on_when_somebody_set_it_right()
    {
        var ann = await AccountAsync(100);
        var settlement = await StuckAsync(new Settle(ann.GetPrimaryKeyString(), NewId(), 30, 40), StepPhase.Cancel);

        await ann.Execute(new ReserveMoney(10));
        await settlement.Resume();
        var end = await settlement.Wait(Limit);

        Assert.Equal((TransactionState.Compensated, "not-open", StepState.Cancelled), (end.State, end.Code, end.Steps[0].State));
        Assert.Equal((100m, 0m), await BalanceAndReservedAsync(ann));
    }

    [Fact]
    public async Task a_cancel_that_is_refused_can_be_skipped_also_after_a_restart()
    {
        var ann = await AccountAsync(100);
        var settlement = await StuckAsync(new Settle(ann.GetPrimaryKeyString(), NewId(), 30, 40), StepPhase.Cancel);
        await _silo.DisposeAsync();
        _silo = await TestSilo.StartAsync(_database, silo: silo => silo.Services.AddSingleton<IHindrance>(_hindrances));
        settlement = _silo.Grains.GetGrain<ISettlementGrain>(settlement.GetPrimaryKeyString());

        await settlement.Skip("pay", StepPhase.Cancel, "Released by hand.");
        var end = await settlement.Wait(Limit);

        Assert.Equal((TransactionState.Compensated, StepState.Skipped), (end.State, end.Steps[0].State));
    }

    [Fact]
    public async Task those_that_have_not_ended_are_listed_and_those_that_need_attention_seen_in_health()
    {
        var (ann, bob) = (await AccountAsync(100), await AccountAsync(0));
        var first = await StuckAsync(new Settle(ann.GetPrimaryKeyString(), NewId(), 30, 40), StepPhase.Cancel);
        var ended = _silo.Grains.GetGrain<ISettlementGrain>(NewId());
        await ended.Execute(new Settle(ann.GetPrimaryKeyString(), bob.GetPrimaryKeyString(), 1, 1));
        Assert.Equal(TransactionState.Completed, (await ended.Wait(Limit)).State);
        await StoredAsync(ended);
        var second = _silo.Grains.GetGrain<ISettlementGrain>(NewId());
        await second.Execute(new Settle(ann.GetPrimaryKeyString(), NewId(), 20, 500));
        await Eventually.TrueAsync("both need attention", async () => (await ListAsync(new() { NeedingAttention = true })).Count == 2);

        var page = await List(new() { Kind = "tests.settlement", Limit = 1 });
        Assert.Equal((first.GetPrimaryKeyString(), true), page.Transactions.Single() is var one ? (one.Id, one.NeedsAttention) : default);
        var rest = await List(new() { Limit = 1, After = page.Next });
        Assert.Equal(second.GetPrimaryKeyString(), rest.Transactions.Single().Id);
        Assert.Empty((await List(new() { After = rest.Next })).Transactions);
        Assert.Empty(await ListAsync(new() { Kind = "tests.settle" }));
        Assert.Empty(await ListAsync(new() { OlderThan = TimeSpan.FromHours(1) }));
        foreach (var bad in (TransactionFilter[])[new() { Limit = 0 }, new() { Limit = 1001 }, new() { After = "nonsense" }, new() { OlderThan = TimeSpan.FromSeconds(-1) }])
            await Assert.ThrowsAsync<ArgumentException>(() => List(bad));
        await Eventually.TrueAsync("health knows them", () => Task.FromResult(_silo.Services.GetRequiredService<DueWatch>().State.Attention == 2));

        // What somebody sets going is under way again, and not to be seen to.
        await ann.Execute(new ReserveMoney(10));
        await first.Resume();
        Assert.Equal(TransactionState.Compensated, (await first.Wait(Limit)).State);
        await StoredAsync(first);
        Assert.Equal([second.GetPrimaryKeyString()], (await ListAsync(new())).Select(each => each.Id));
    }

    // Who waits is told of an end before it is stored, which must follow at once and not when the timer that wakes comes, 15 s later.
    private Task StoredAsync(ISettlementGrain settlement) => Eventually.TrueAsync("its end is stored",
        async () => (await ListAsync(new())).All(each => each.Id != settlement.GetPrimaryKeyString()), TimeSpan.FromSeconds(10));

    private Task<TransactionListing> List(TransactionFilter filter) => _silo.Grains.GetGrain<ITransactionsGrain>(0).List(filter);

    private async Task<IReadOnlyList<OpenTransaction>> ListAsync(TransactionFilter filter) => (await List(filter)).Transactions;

    private static CommandMessage Reserve =>
        CommandMessage.Of(new ReserveMoney(30), new CommandOptions { CommandId = Try.CommandId }) with { Step = Try };

    private static CommandMessage Close =>
        new() { CommandId = Try.CommandId, Name = StepReference.CloseName, Payload = "{}"u8.ToArray(), Step = Try };

    private static CommandMessage Cancel
    {
        get
        {
            var cancel = Try with { Phase = StepPhase.Cancel };
            return CommandMessage.Of(new ReleaseReserved(30), new CommandOptions { CommandId = cancel.CommandId }) with { Step = cancel };
        }
    }

    /// <summary>A settlement whose account refuses to confirm or to cancel, until it needs attention.</summary>
    private async Task<ISettlementGrain> StuckAsync(Settle settle, StepPhase phase)
    {
        var settlement = _silo.Grains.GetGrain<ISettlementGrain>(NewId());
        await settlement.Execute(settle);
        await Eventually.TrueAsync("it needs attention", async () => await settlement.Status() is { State: TransactionState.NeedsAttention,
            Code: "not-reserved" });
        Assert.Equal(1, await Sql.CountAsync(
            _database,
            $"phoenix.mt_events where type = 'phoenix.transaction-step-tried-again' and data ->> 'phase' in ('{phase}', '{(int)phase}')"));
        return settlement;
    }

    private Task<long> EventsAsync(string name) => Sql.CountAsync(_database, $"phoenix.mt_events where type = '{name}'");

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    private async Task<IAccountGrain> AccountAsync(decimal money)
    {
        var account = _silo.Grains.GetGrain<IAccountGrain>(NewId());
        await account.Execute(new OpenAccount("Somebody", money));
        return account;
    }

    private static async Task<(decimal Balance, decimal Reserved)> BalanceAndReservedAsync(IAccountGrain account)
    {
        var view = await account.Query(new GetAccount());
        return (view.Balance, view.Reserved);
    }
}

[Transaction("tests.settlement")] public interface ISettlementGrain : ITransactionGrain;

[Command("tests.settle")] public sealed record Settle(string From, string To, decimal Reserved, decimal Settled)
    : ICommand<ISettlementGrain>;

[Command("tests.count")] public sealed record Count(string Counter, string Other) : ICommand<ISettlementGrain>;

public sealed class Settlement : Saga<ISettlementGrain>
{
    private static readonly BackOff Short = BackOff.Fixed(TimeSpan.FromMilliseconds(20));

    public static Plan Handle(Settle settle) => InOrder(
        Step("pay", settle.From, new ReserveMoney(settle.Reserved))
            .Confirm(new PayReserved(settle.Settled)).Cancel(new ReleaseReserved(settle.Settled)).Attempts(undoing: 2, confirming: 2)
                .BackOff(Short),
        Step("gift", settle.To, new Deposit(1)));

    public static Plan Handle(Count count) => InOrder(
        Step("try", count.Counter, new AddWhenLet(5, "gate")).Confirm(new Note()).Cancel(new Take(5)).Within(TimeSpan.FromMilliseconds(200))
        .BackOff(Short),
        Step("next", count.Other, new Take(1)));
}

public sealed class SettlementGrain : Phoenix.Coordination.SagaGrain<Settlement>, ISettlementGrain;
