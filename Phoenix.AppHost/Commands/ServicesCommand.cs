using System.CommandLine;
using Phoenix.AppHost.Services;

namespace Phoenix.AppHost.Commands;

/// <summary><c>services</c>: transactions and events between two services that share topics and nothing else.</summary>
internal static class ServicesCommand
{
    public static Command Create()
    {
        var purchases = new Option<int>("--purchases")
        {
            Description = "Purchases to make; one in four is undone.", DefaultValueFactory = _ => 500,
        };
        var keep = new Option<DirectoryInfo?>("--keep") { Description = "Folder to run in and keep; a throw-away folder unless given." };
        purchases.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 4 or > 100_000) result.AddError("--purchases is 4 to 100,000.");
        });
        var command = new Command(
            "services", "Starts a shop and a warehouse with a database each, joined by Kafka alone, and checks the books of both.")
        {
            purchases, keep,
        };
        command.SetAction((parsed, cancellationToken) => Errors.ShownAsync(() =>
            new ServicesRunner(parsed.GetValue(purchases), parsed.GetValue(keep)?.FullName).RunAsync(cancellationToken)));
        return command;
    }
}
