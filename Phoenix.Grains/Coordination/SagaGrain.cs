using Microsoft.Extensions.DependencyInjection;
using Phoenix.Aggregates;
using Phoenix.Deciding;
using Phoenix.EventStore;
using Phoenix.Intake;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.Coordination;

/// <summary>
/// The grain of one kind of transaction; a domain declares it in one line:
/// <c>public sealed class TransferGrain : SagaGrain&lt;MoneyTransfer&gt;, ITransferGrain;</c>
/// </summary>
/// <typeparam name="TSaga">The newest definition.</typeparam>
public abstract class SagaGrain<TSaga> : AggregateGrain<SagaState<TSaga>>, ITransactionGrain where TSaga : Saga, new()
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(25);

    // How often what an operator said may be overtaken by the transaction's own facts.
    private const int Attempts = 10;

    private Coordinator _coordinator = null!;
    private DecisionLoop<SagaState<TSaga>> _loop = null!;

    /// <inheritdoc />
    public async Task<TransactionStatus> Wait(TimeSpan limit)
    {
        await KnowAsync();
        return await _coordinator.WaitAsync(limit < LongestWait ? limit : LongestWait);
    }

    /// <inheritdoc />
    public async Task<TransactionStatus> Status()
    {
        await KnowAsync();
        return _coordinator.Status;
    }

    /// <inheritdoc />
    public async Task<TransactionStatus> Resume()
    {
        await KnowAsync();
        return await KeepAsync(new TransactionResumed(), () => _coordinator.Run switch
        {
            { Attention: not null } => null,
            null when _coordinator.Status.State == TransactionState.NeedsAttention =>
            "this build cannot run it; one that can takes it up by itself",
            _ => "it does not need attention",
        });
    }

    /// <inheritdoc />
    public async Task<TransactionStatus> TurnBack(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        await KnowAsync();
        return await KeepAsync(new TransactionTurnedBack(reason), () => _coordinator.Run switch
        {
            not { Ended: null } => "it does not run",
            { IsPastPivot: true } => "its pivot is passed, after which there is no way back",
            { IsConfirming: true } => "every step of it was accepted, after which there is no way back",
            _ => null,
        });
    }

    /// <inheritdoc />
    public async Task<TransactionStatus> Skip(string step, StepPhase phase, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        await KnowAsync();
        return await KeepAsync(
            new StepSkipped(step, phase, reason), () => _coordinator.Run is { Ended: null } run ? run.WhyNotSkip(step, phase)
            : "it does not run");
    }

    private protected override IAfterCommit AfterCommit(Coordinated<SagaState<TSaga>> parts)
    {
        var remote = new RemoteSteps(
            parts.Services.GetRequiredService<OtherServices>(), parts.Services.GetRequiredService<StepWaits>(), parts.Log.StreamId,
            parts.Time);
        var steps = new StepSender(GrainFactory, remote, parts.Log.StreamId, parts.Logger);
        var place = new TransactionPlace(parts.Services.GetRequiredService<TransactionPlaces>(), Model.Name, parts.Log.StreamId);
        var replies = new EndReplies(parts.Services.GetService<ReplyWriter>(), parts.Log.StreamId, parts.Logger);
        _loop = parts.Loop;
        return _coordinator = new Coordinator(
            new Log(parts), Model.Saga!, steps, place, replies, parts.Time, parts.Logger, ended: DeactivateOnIdle);
    }

    private protected override Task<Outcome> Enqueue(CommandWork work, Admission? admission)
    {
        // A transaction that another one starts is a step of it: if it were refused, both would wait for each other's places.
        var isNew = Model.Saga!.Newest.Starts.ContainsKey(work.Message.Name) && work.Message.Step is null && !_coordinator.IsStarted;
        return isNew ? StartAsync(work, admission) : base.Enqueue(work, admission);
    }

    private protected override async Task TakeAnswersAsync(IReadOnlyList<KafkaMessage> answers)
    {
        try
        {
            if (!_coordinator.IsBusy) await LoadAsync();
        }
        catch (CommandException failed) when (!Delivery.IsFault(failed))
        {
            // Whoever runs the transaction asks again.
            return;
        }

        foreach (var (step, answer) in answers.Select(StepReplies.Read))
        {
            if (answer is not null) _coordinator.Take(step, answer);
        }

        Go();
    }

    private protected override async Task<ReplyBody?> TellAtEndAsync(EndReply reply, Outcome outcome)
    {
        // It is stored with the start.
        if (!outcome.Repeated) return null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            _coordinator.CatchUp();
            if (_coordinator.Status is { IsEnded: true } end) return ReplyBody.Ended(reply.CommandId, end);
            if (await _coordinator.TellAtEndAsync(reply)) return null;
        }

        throw new UnavailableException(
            $"The transaction '{Model.Name}/{this.GetPrimaryKeyString()}' moves on faster than it can be told where its end is to be told.");
    }

    private async Task<Outcome> StartAsync(CommandWork work, Admission? admission)
    {
        if (work.Delivery is null) _coordinator.Place.Begin();
        else await _coordinator.Place.BeginAsync();
        var isStarted = false;
        try
        {
            var deciding = base.Enqueue(work, admission);
            // The caller starts the loop right after this method first waits, which may be before the command is in it.
            _loop.Start();
            var outcome = await deciding;
            isStarted = outcome is { IsAccepted: true, Repeated: false };
            return outcome;
        }
        finally
        {
            _coordinator.Place.Decided(isStarted);
        }
    }

    private async Task KnowAsync()
    {
        await LoadAsync();
        Go();
    }

    private async Task LoadAsync()
    {
        // Through the loop, so that the state is loaded and what waits before is decided.
        await Query(new() { Name = GetTransaction.Name, Payload = "{}"u8.ToArray() });
        _coordinator.CatchUp();
    }

    private void Go()
    {
        if (_coordinator.Run is not { Ended: null, Attention: null } || _coordinator.IsBusy) return;
        _coordinator.TakenUp();
        _coordinator.Committed();
    }

    /// <summary>
    /// Stores what an operator said, unless there is a reason against it; asked again when something else was stored meanwhile.
    /// </summary>
    private async Task<TransactionStatus> KeepAsync(IEvent fact, Func<string?> whyNot)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (whyNot() is { } problem) throw Refused(problem);
            var isKept = await _coordinator.KeepAsync(fact);
            _coordinator.CatchUp();
            if (isKept) return _coordinator.Status;
        }

        throw new BusyException($"The transaction '{Model.Name}/{this.GetPrimaryKeyString()}' moves on faster than it can be told. Ask again.", TimeSpan.FromSeconds(1));
    }

    private CommandFailedException Refused(string why) => new(ErrorCodes.Undecodable, $"The transaction '{Model.Name}/{this.GetPrimaryKeyString()}': {why}.");

    private sealed class Log(Coordinated<SagaState<TSaga>> parts) : ITransactionLog
    {
        public string StreamId => parts.Log.StreamId;

        public IReadOnlyList<StoredFact>? Committed() =>
            parts.Log.IsLoaded ? [.. parts.Log.State.Facts.Take((int)parts.Log.CommittedVersion)] : null;

        public async Task<bool> KeepAsync(IEvent fact, long version)
        {
            var message = new CommandMessage { CommandId = Guid.CreateVersion7().ToString(), Name = KeepFact.Name, Payload = ReadOnlyMemory<byte>.Empty, Source = "transaction" };
            var work = new CommandWork(message, CommandIdentity.Of(message.CommandId), new KeepFact(fact, version), new byte[16]);
            var kept = parts.Loop.Enqueue(work);
            parts.Loop.Start();
            return (await kept).ReplyJson is null;
        }
    }
}
