using System.CommandLine;
using Phoenix.AppHost.Demo;

namespace Phoenix.AppHost.Commands;

/// <summary><c>demo</c>: the whole way once, measured and checked.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var commands = new Option<int>("--commands") { Description = "Distinct commands to send; one in twenty is sent twice.", DefaultValueFactory = _ => 20_000 };
        var json = new Option<FileInfo?>("--json") { Description = "File for the figures." };
        var keep = new Option<DirectoryInfo?>("--keep") { Description = "Folder to run in and keep; a throw-away folder unless given." };
        var silos = SilosOption.Create();
        commands.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 20 or > 10_000_000) result.AddError("--commands is 20 to 10,000,000.");
        });
        var command = new Command("demo", "Starts a cluster, drives the shop's accounts through Kafka from a client process and checks the books three ways.") { commands, json, keep, silos };
        command.SetAction((parsed, cancellationToken) => Errors.ShownAsync(() =>
            new DemoRunner(parsed.GetValue(commands), parsed.GetValue(json)?.FullName, parsed.GetValue(keep)?.FullName, parsed.GetValue(silos)).RunAsync(cancellationToken)));
        return command;
    }
}
