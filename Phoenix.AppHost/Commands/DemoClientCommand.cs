using System.CommandLine;
using Phoenix.AppHost.Demo;

namespace Phoenix.AppHost.Commands;

/// <summary>Hidden: the client process of the demo.</summary>
internal static class DemoClientCommand
{
    public static Command Create()
    {
        var kafka = new Option<string>("--kafka") { Required = true };
        var prefix = new Option<string>("--prefix") { Required = true };
        var commands = new Option<int>("--commands") { Required = true };
        var seed = new Option<int>("--seed") { Required = true };
        var file = new Option<string>("--file") { Required = true };
        var command = new Command(DemoClient.Verb, "The demo's client process.") { kafka, prefix, commands, seed, file };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => DemoClient.RunAsync(
            parsed.GetValue(kafka)!, parsed.GetValue(prefix)!, parsed.GetValue(commands), parsed.GetValue(seed), parsed.GetValue(file)!, cancellationToken));
        return command;
    }
}
