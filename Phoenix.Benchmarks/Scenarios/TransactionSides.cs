using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>The sides of <c>transactions</c>, each with its own database.</summary>
internal sealed class TransactionSides(Servers servers, Stack<IAsyncDisposable> started, CancellationToken cancellation)
{
    private const int Keys = 1000;
    private const int Callers = 256;

    public Task<Side> CommandsAsync() => CommandsAsync("commands", "grain calls", command: "");

    public Task<Side> FirstTouchesAsync() =>
        CommandsAsync("firstTouches", "grain calls, each to an aggregate that is new", PhoenixCommands.First);

    public async Task<(Side Side, Func<Task<double>> AppendsEachAsync)> TransfersAsync(string name, string what, string command = "")
    {
        var settings = await SettingsAsync(name) with { Command = command };
        var side = new Side(name, what, await StartAsync(PhoenixTransfers.Name, settings), Role.Silo)
        {
            CountEffectsAsync = TransferBooks.CompletedIn(settings.Postgres),
        };
        return (side, () => TransferBooks.AppendsEachAsync(settings.Postgres));
    }

    public async Task<Side> HandWrittenAsync()
    {
        var settings = await SettingsAsync("by-hand");
        return new("handWritten", "two updates and an outbox row in one transaction", await StartAsync(NativeTransfers.Name, settings), Role.Client)
        {
            CountEffectsAsync = Effects.Of(settings.Postgres, NativeTransfers.Effects(Keys)),
        };
    }

    private async Task<Side> CommandsAsync(string name, string what, string command)
    {
        var settings = await SettingsAsync(name) with { Command = command };
        return new(name, what, await StartAsync(PhoenixCommands.Name, settings), Role.Silo)
        {
            CountEffectsAsync = Effects.OfPhoenix(settings.Postgres),
        };
    }

    private async Task<PartSettings> SettingsAsync(string name) =>
        new() { Postgres = await servers.NewDatabaseAsync($"tx-{name.ToLowerInvariant()}"), Keys = Keys, Callers = Callers };

    private async Task<PartProcess> StartAsync(string part, PartSettings settings)
    {
        var process = await PartProcess.StartAsync(part, settings, cancellation);
        started.Push(process);
        return process;
    }
}
