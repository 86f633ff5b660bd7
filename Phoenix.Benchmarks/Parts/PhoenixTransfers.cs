using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.Messages;
using Phoenix.Transactions;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Transfers by saga or by TCC: an operation is one from its start until its caller hears of its end. A round ends when every end is stored
/// and its row gone, so all commits are paid for; then the books are checked.
/// </summary>
internal sealed class PhoenixTransfers : IPart
{
    public const string Name = "phoenix-transfers";

    /// <summary>Transfers by TCC instead of saga (<see cref="PartSettings.Command"/>).</summary>
    public const string Tcc = "tcc";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly PartSettings _settings;
    private readonly DueTable _due;
    private readonly PurseKeys _keys;
    private readonly Func<Task<long>> _completed;
    private long _started;

    private PhoenixTransfers(SiloHost silo, PartSettings settings)
    {
        (_silo, _settings, _due) = (silo, settings, new(NpgsqlDataSource.Create(settings.Postgres)));
        (_keys, _completed) = (new(settings.Callers, settings.Keys), TransferBooks.CompletedIn(settings.Postgres));
    }

    public static async Task<IPart> StartAsync(PartSettings settings) => new PhoenixTransfers(await PhoenixSilo.StartAsync(settings), settings);

    public async Task<RoundResult> RunAsync(RoundOrder order)
    {
        var result = await _loop.RunAsync(order, _settings.Callers, TransferAsync);
        if (result.Failures > 0) return result;
        var ending = await _due.EmptyAsync();
        var completed = await _completed();
        return completed == result.Acknowledged ? result with { Seconds = result.Seconds + ending.TotalSeconds }
            : throw new PartFailedException($"{result.Acknowledged:N0} transfers were told as completed; the books say {completed:N0}.");
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _due.DisposeAsync();
    }

    private async Task TransferAsync(int caller)
    {
        var (from, to) = _keys.Next(caller);
        var id = $"x-{Interlocked.Increment(ref _started)}";
        var end = _settings.Command == Tcc
            ? await EndAsync<ITccTransferGrain>(id, transfer => transfer.Execute(new TransferByTcc(from, to, 5)))
            : await EndAsync<ISagaTransferGrain>(id, transfer => transfer.Execute(new TransferBySaga(from, to, 5)));
        if (end.State != TransactionState.Completed) throw new PartFailedException($"The transfer {id} is {end.State}: {end.Code}.");
    }

    private async Task<TransactionStatus> EndAsync<TTransfer>(string id, Func<TTransfer, Task<Outcome>> start) where TTransfer : ITransactionGrain
    {
        var transfer = _silo.Grains.GetGrain<TTransfer>(id);
        var outcome = await start(transfer);
        return outcome.IsAccepted ? await transfer.Wait(Patience) : throw new PartFailedException($"A start was rejected: {outcome.Code}.");
    }
}
