using System.CommandLine;
using Phoenix.Benchmarks;
using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Rig;
using Phoenix.Benchmarks.Scenarios;
using Phoenix.Benchmarks.Soak;

// Servers are stopped in order, and a database takes its time over a last checkpoint.
var patience = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) };
var root = new RootCommand("Measures Phoenix against its twins: the same work on the same servers in the same run. docs/performance.md says how.");
foreach (var scenario in ScenarioCatalog.All) root.Add(ScenarioCommand.Create(scenario));

root.Add(SoakCommand.Create());
root.Add(SoakCommand.CreateClient());

var name = new Argument<string>("name");
var part = new Command(PartProcess.Verb, "One side of a measurement in a process of its own.") { name };
part.Hidden = true;
part.SetAction((parsed, _) => PartProcess.ServeAsync(settings => PartCatalog.StartAsync(parsed.GetValue(name)!, settings), Console.In, Console.Out));
root.Add(part);
return await root.Parse(args).InvokeAsync(patience);
