using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Reporting;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>What a transfer between two aggregates costs beside the commands that it is made of.</summary>
internal sealed class TransactionsScenario : Scenario
{
    public override string Name => "transactions";

    public override string Notes =>
        "256 callers in the silo's process, 1,000 purses; a transfer is an operation from its start until its caller hears of its end, and a round ends when every " +
        "end is stored and no row is due. saga has two steps, tcc two tries. firstTouches are commands to a new aggregate each, as every transfer makes a coordinator: " +
        "sagaShare is of the rate that one first touch and three commands would give, tccShare of one and five. Appends are PostgreSQL's transactions by stream, over " +
        "all transfers. At half: open loop at half of the closed loop's rate, commands at four times the transfers, 7 windows. handWritten is two updates and an " +
        "outbox row in one transaction of one round trip, 32 connections: the ceiling where both accounts share a database.";

    public override async Task<Report> RunAsync(Servers servers, Plan plan, Stack<IAsyncDisposable> started, CancellationToken cancellation)
    {
        var sides = new TransactionSides(servers, started, cancellation);
        var (sagaSide, sagaAppendsAsync) = await sides.TransfersAsync("saga", "two steps");
        var (tccSide, tccAppendsAsync) = await sides.TransfersAsync("tcc", "two tries", PhoenixTransfers.Tcc);
        var rounds = new Rounds(servers, plan);
        var figures = await rounds.MeasureAsync(
            [await sides.CommandsAsync(), await sides.FirstTouchesAsync(), sagaSide, tccSide, await sides.HandWrittenAsync()], cancellation);
        var (commands, firstTouches, saga, tcc, handWritten) = (figures[0], figures[1], figures[2], figures[3], figures[4]);
        var (sagaAppends, tccAppends) = (await sagaAppendsAsync(), await tccAppendsAsync());
        var walOfCommand = await WalCost.BytesEachAsync(servers, commands.Side, plan, cancellation);
        var walOfTransfer = await WalCost.BytesEachAsync(servers, sagaSide, plan, cancellation);
        var sagaAtHalf = await HalfLoad.MeasureAsync(rounds, plan, saga, commands.Side, cancellation);
        var tccAtHalf = await HalfLoad.MeasureAsync(rounds, plan, tcc, commands.Side, cancellation);
        return new Report(Name, figures)
            .With("commandsPerSecond", commands.PerSecond)
            .With("firstTouchesPerSecond", firstTouches.PerSecond)
            .With("sagaTransfersPerSecond", saga.PerSecond)
            .With("sagaShare", ShareOf(saga, firstTouches, commands, 3), atLeast: 0.7, aim: 0.9)
            .With("sagaAppendsPerTransfer", sagaAppends, atMost: 4.1, aim: 4)
            .With("walBytesPerTransfer", walOfTransfer)
            .With("walBytesPerCommand", walOfCommand)
            .With("walRatio", walOfTransfer / walOfCommand, atMost: 7, aim: 5)
            .With("sagaP50MsAtHalf", sagaAtHalf.P50Ms)
            .With("sagaP99MsAtHalf", sagaAtHalf.P99Ms)
            .With("commandsP50MsAtThatLoad", sagaAtHalf.CommandsP50Ms)
            .With("sagaLatencyRatio", sagaAtHalf.Ratio, atMost: 4, aim: 2.5)
            .With("tccTransfersPerSecond", tcc.PerSecond)
            .With("tccShare", ShareOf(tcc, firstTouches, commands, 5), atLeast: 0.7, aim: 0.9)
            .With("tccAppendsPerTransfer", tccAppends, atMost: 6.1, aim: 6)
            .With("tccP50MsAtHalf", tccAtHalf.P50Ms)
            .With("handWrittenTransfersPerSecond", handWritten.PerSecond);
    }

    /// <summary>
    /// Of the rate at which as many commits would be done by plain calls, the first of each to a new aggregate: the median of the rounds'
    /// own shares.
    /// </summary>
    private static double ShareOf(SideFigures transfers, SideFigures firstTouches, SideFigures commands, int further) =>
        Medians.Of(transfers.Rounds.Select((round, number) =>
            round.PerSecond * (1 / firstTouches.Rounds[number].PerSecond + further / commands.Rounds[number].PerSecond)));
}
