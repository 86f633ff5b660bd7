using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Phoenix.Health;
using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Phoenix.Transactions;
using Xunit;

namespace Phoenix.Tests.Services;

/// <summary>Transactions of one service with steps at another, over Kafka alone (guarantee 9).</summary>
[Trait("Category", "Servers")]
public sealed class RemoteStepTests(SharedPostgres postgres, SharedKafka kafka) : IAsyncLifetime
{
    private ServicesRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await ServicesRig.StartAsync(postgres, kafka);

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task saga_steps_at_another_service_are_done_and_what_was_published_there_has_one_effect()
    {
        var (ann, tea) = (await _rig.AccountAsync(100), await _rig.GoodsAsync(10));

        var id = await _rig.BuyAsync(ann, tea);
        var end = await _rig.PurchaseAsync(id);

        Assert.Equal(TransactionState.Completed, end.State);
        Assert.Equal([StepState.Confirmed, StepState.Accepted, StepState.Accepted], end.Steps.Select(step => step.State));
        Assert.Equal((70m, 0m, 8, 0), await _rig.BooksAsync(ann, tea));
        await Eventually.TrueAsync("the paid parcel is handed over", async () => (await _rig.ParcelAsync(id)).HandedOver > 0);
        Assert.Equal(new(1, 1), await _rig.ParcelAsync(id));
    }

    [Fact]
    public async Task what_was_done_at_another_service_is_undone_there()
    {
        var (ann, tea) = (await _rig.AccountAsync(100), await _rig.GoodsAsync(10));

        var end = await _rig.PurchaseAsync(await _rig.BuyAsync(ann, tea, "AQ"));

        Assert.Equal((TransactionState.Compensated, "undeliverable"), (end.State, end.Code));
        Assert.Equal([StepState.Cancelled, StepState.Undone, StepState.Rejected], end.Steps.Select(step => step.State));
        Assert.Equal((100m, 0m, 10, 0), await _rig.BooksAsync(ann, tea));
        Assert.Equal(1, await _rig.EventsAsync(_rig.WarehouseDatabase, "warehouse.goods-taken"));
    }

    [Fact]
    public async Task what_another_service_refuses_is_given_back_here()
    {
        var (ann, tea) = (await _rig.AccountAsync(100), await _rig.GoodsAsync(1));

        var end = await _rig.PurchaseAsync(await _rig.BuyAsync(ann, tea));

        Assert.Equal((TransactionState.Compensated, "out-of-stock"), (end.State, end.Code));
        Assert.Equal((100m, 0m, 1, 0), await _rig.BooksAsync(ann, tea));
    }

    [Fact]
    public async Task a_try_at_another_service_is_confirmed_or_cancelled_with_the_others()
    {
        var (ann, tea) = (await _rig.AccountAsync(100), await _rig.GoodsAsync(10));

        var completed = await _rig.PreorderedAsync(await _rig.PreorderAsync(ann, tea));
        var compensated = await _rig.PreorderedAsync(await _rig.PreorderAsync(ann, tea, "AQ"));

        Assert.Equal(TransactionState.Completed, completed.State);
        Assert.Equal([StepState.Confirmed, StepState.Confirmed, StepState.Accepted], completed.Steps.Select(step => step.State));
        Assert.Equal((TransactionState.Compensated, "undeliverable"), (compensated.State, compensated.Code));
        Assert.Equal([StepState.Cancelled, StepState.Cancelled, StepState.Rejected], compensated.Steps.Select(step => step.State));
        Assert.Equal((70m, 0m, 8, 0), await _rig.BooksAsync(ann, tea));
        Assert.Equal(2, await _rig.EventsAsync(_rig.WarehouseDatabase, "warehouse.goods-reserved"));
    }

    [Fact]
    public async Task a_try_that_comes_behind_its_closing_never_takes_effect_also_where_there_is_no_aggregate()
    {
        foreach (var goods in (string[])[await _rig.GoodsAsync(10), ServicesRig.NewId()])
        {
            var close = _rig.Step(goods, StepReference.CloseName, "{}", StepPhase.Do, "shop.preorder/p-1");
            var late = _rig.Step(goods, "warehouse.reserve-goods", """{"quantity":2}""", StepPhase.Do, "shop.preorder/p-1");

            var closed = await _rig.Stranger.RequestAsync(close);
            var refused = await _rig.Stranger.RequestAsync(late);
            var again = await _rig.Stranger.RequestAsync(late.Again());

            Assert.All([closed, refused, again], reply => Assert.Equal(TransactionCodes.StepClosed, reply.Code));
            Assert.Equal(close.Text("phoenixstep"), closed["phoenixstep"]);
            Assert.Equal(0, (await _rig.StockAsync(goods)).Reserved);
        }
    }

    [Fact]
    public async Task eight_closings_and_a_late_try_at_once_end_alike()
    {
        var goods = await _rig.GoodsAsync(10);

        var replies = await Task.WhenAll(Enumerable.Range(0, 9).Select(number => _rig.Stranger.RequestAsync(number == 4
            ? _rig.Step(goods, "warehouse.reserve-goods", """{"quantity":2}""", StepPhase.Do, "shop.preorder/p-1")
            : _rig.Step(goods, StepReference.CloseName, "{}", StepPhase.Do, "shop.preorder/p-1"))));

        Assert.Single(replies.Select(reply => (reply.Status, reply.Code)).Distinct());
        Assert.Equal(replies[0].Code is null ? 2 : 0, (await _rig.StockAsync(goods)).Reserved);
    }

    [Theory]
    [InlineData("//nobody/shop.preorder/p-1?step=goods&phase=do&round=1", "Phoenix:Services")]
    [InlineData("shop.preorder/p-1", "a step, such as")]
    [InlineData("//SHOP/shop.preorder/p-2?step=goods&phase=do&round=1", "does not follow from the step")]
    public async Task a_step_that_nobody_may_have_sent_is_refused(string header, string problem)
    {
        var goods = await _rig.GoodsAsync(10);
        var request = _rig.Step(goods, "warehouse.reserve-goods", """{"quantity":2}""", StepPhase.Do, "shop.preorder/p-1")
            .Set("phoenixstep", header.Replace("SHOP", _rig.ShopPrefix, StringComparison.Ordinal));

        var reply = await _rig.Stranger.RequestAsync(request);

        Assert.Equal(("failed", ErrorCodes.Undecodable), (reply.Status, reply.Code));
        Assert.Contains(problem, reply.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await _rig.StockAsync(goods)).Reserved);
    }

    [Fact]
    public async Task answers_that_are_lost_are_asked_for_again_and_nothing_is_done_twice()
    {
        var (ann, tea) = (await _rig.AccountAsync(1000), await _rig.GoodsAsync(1000));
        var ids = await HeldAtTheWarehouseAsync(tea, async () =>
        {
            var bought = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _rig.BuyAsync(ann, tea)));
            await Eventually.TrueAsync("the money of all is reserved",
                async () => (await _rig.BooksOfMoneyAsync(ann)).Reserved == 300m);
            await Eventually.TrueAsync("a step waits for the goods",
                async () => await Sql.LockWaitsAsync(_rig.WarehouseDatabase) > 0);
            await _rig.StopShopAsync();
            return bought;
        });
        await Eventually.TrueAsync("the steps are answered", async () => _rig.Answers() > 0 && (await _rig.StockAsync(tea)).Stored < 1000);
        _rig.LoseAnswers();
        await _rig.StartShopAsync();

        foreach (var id in ids) Assert.Equal(TransactionState.Completed, (await _rig.PurchaseAsync(id)).State);

        Assert.Equal((700m, 0m, 980, 0), await _rig.BooksAsync(ann, tea));
        Assert.Equal(10, await _rig.EventsAsync(_rig.WarehouseDatabase, "warehouse.goods-taken"));
    }

    [Fact]
    public async Task a_service_that_is_away_is_waited_for_and_that_is_told()
    {
        var (ann, tea) = (await _rig.AccountAsync(100), await _rig.GoodsAsync(10));
        await _rig.StopWarehouseAsync();
        var id = await _rig.BuyAsync(ann, tea);
        var check = ActivatorUtilities.CreateInstance<ServicesCheck>(_rig.Shop.Services);
        await Eventually.TrueAsync("the health check tells that the warehouse does not answer",
            async () => (await check.CheckHealthAsync(new(), TestContext.Current.CancellationToken)) is { Status: HealthStatus.Degraded } told
            && told.Description!.Contains($"'take' of 'shop.purchase/{id}'", StringComparison.Ordinal));
        await Eventually.TrueAsync("the same was asked again",
            async () => (await _rig.Shop.Grains.GetGrain<global::Shop.Purchases.IPurchaseGrain>(id).Status()).State
            == TransactionState.Retrying);
        await _rig.StartWarehouseAsync();

        Assert.Equal(TransactionState.Completed, (await _rig.PurchaseAsync(id)).State);
        Assert.Equal((70m, 0m, 8, 0), await _rig.BooksAsync(ann, tea));
        Assert.Equal(HealthStatus.Healthy, (await check.CheckHealthAsync(new(), TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task one_that_is_turned_back_while_a_service_is_away_closes_the_step_there_before_it_can_take_effect()
    {
        var (ann, tea) = (await _rig.AccountAsync(100), await _rig.GoodsAsync(10));
        await _rig.StopWarehouseAsync();
        var id = await _rig.BuyAsync(ann, tea);
        var purchase = _rig.Shop.Grains.GetGrain<global::Shop.Purchases.IPurchaseGrain>(id);
        await Eventually.TrueAsync("the same was asked again", async () => (await purchase.Status()).State == TransactionState.Retrying);
        await purchase.TurnBack("Enough.");
        await _rig.StartWarehouseAsync();

        var end = await _rig.PurchaseAsync(id);

        Assert.Equal((TransactionState.Compensated, TransactionCodes.TurnedBack), (end.State, end.Code));
        // The first asking stands before the closing in the topic: it was done, and is undone.
        Assert.Equal([StepState.Cancelled, StepState.Undone, StepState.Closed], end.Steps.Select(step => step.State));
        Assert.Equal((100m, 0m, 10, 0), await _rig.BooksAsync(ann, tea));
    }

    [Fact]
    public async Task what_another_service_may_ask_again_is_not_trimmed()
    {
        var ledger = _rig.Warehouse.Grains.GetGrain<ILedgerGrain>(0);
        var hold = (await ledger.Look()).Holds.Single(one => one.Name == "transactions of 'shop'");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ledger.Trim(new() { Before = hold.Since.AddDays(1), AtMost = 0 }));

        Assert.Equal(30, (DateTimeOffset.UtcNow - hold.Since).TotalDays, 0.1);
        Assert.Contains(hold.Name, refused.Message, StringComparison.Ordinal);
        // Answers bring no command back.
        Assert.DoesNotContain(
            (await _rig.Shop.Grains.GetGrain<ILedgerGrain>(0).Look()).Holds,
            one => one.Name.Contains("steps.replies", StringComparison.Ordinal));
    }

    /// <summary>Does something while no step can move these goods.</summary>
    private async Task<T> HeldAtTheWarehouseAsync<T>(string goods, Func<Task<T>> what)
    {
        var token = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(_rig.WarehouseDatabase);
        await connection.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await using var holding = new NpgsqlCommand("select 1 from phoenix.mt_streams where id = $1 for update", connection, transaction)
        {
            Parameters = { new() { Value = $"warehouse.goods/{goods}" } },
        };
        await holding.ExecuteScalarAsync(token);
        return await what();
    }
}
