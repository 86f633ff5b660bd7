using System.Globalization;
using Phoenix.Messages;
using Shop.Accounts;
using Shop.Transfers;

namespace Phoenix.Samples.ClusterClient;

/// <summary>One account's day, step by step, as a caller from outside the cluster sees it.</summary>
internal static class AccountTour
{
    public static async Task Run(IGrainFactory grains, TextWriter console)
    {
        var id = $"tour-{Guid.CreateVersion7():N}";
        var account = grains.GetGrain<IAccountGrain>(id);
        await console.WriteLineAsync($"Account {id}");
        await Show(console, "open with 100", await account.Execute(new OpenAccount("Ada", 100m)));

        // The same id twice has one effect: the second call gets the first one's outcome.
        var once = new CommandOptions { CommandId = $"{id}-deposit-1" };
        await Show(console, "deposit 50", await account.Execute(new Deposit(50m), once));
        await Show(console, "the same deposit again", await account.Execute(new Deposit(50m), once));

        await Show(console, "withdraw 1000", await account.Execute(new Withdraw(1000m)));
        await Show(console, "withdraw 30", await account.Execute(new Withdraw(30m)));

        // A transaction goes on by itself; who wants to know waits for its end.
        var transfer = grains.GetGrain<ITransferGrain>($"{id}-transfer");
        await transfer.Execute(new Transfer(id, $"{id}-nobody", 10m));
        var end = await transfer.Wait(TimeSpan.FromSeconds(20));
        await console.WriteLineAsync($"transfer 10 to nobody: {end.State}, {end.Code}");

        var view = await account.Query(new GetAccount(), linearizable: true);
        await console.WriteLineAsync($"query: {view.Owner} has {Money(view.Balance)} at version {view.Version}");
        foreach (var @event in (await account.History()).Events)
            await console.WriteLineAsync($"history: {@event.Version} {@event.Name} {@event.Json}");
    }

    private static Task Show(TextWriter console, string step, Outcome outcome) => console.WriteLineAsync(outcome.IsAccepted
        ? $"{step}: accepted, balance {Money(outcome.Reply<decimal>())}, version {outcome.VersionAfter}{(outcome.Repeated ? " (known before)" : "")}"
        : $"{step}: rejected, {outcome.Code}: {outcome.Message}");

    private static string Money(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}
