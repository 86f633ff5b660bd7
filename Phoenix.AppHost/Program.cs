using System.CommandLine;
using Phoenix.AppHost.Commands;

// Servers are stopped in order, and a database takes its time over a last checkpoint: two seconds, the default, would cut that short.
var patience = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) };
var root = new RootCommand("Runs a whole Phoenix cluster on this machine.")
{
    DemoCommand.Create(), ServicesCommand.Create(), InfrastructureCommand.Create(), DemoClientCommand.Create(),
};
RunCommand.AddTo(root);
return await root.Parse(args).InvokeAsync(patience);
