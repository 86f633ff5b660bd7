using System.Globalization;
using System.Runtime.InteropServices;
using Phoenix.Local.Broker;

// Runs librdkafka's mock cluster until standard input ends. Ctrl-C and a stop of the whole group reach every process of it; this one ends
// with its parent, after those that still need it.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
using var termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);
using var cluster = new MockCluster();
Console.Out.WriteLine($"ready {cluster.BootstrapServers}");
while (Console.In.ReadLine() is { } request) Console.Out.WriteLine(Answer(request));
return 0;

string Answer(string request) =>
    request.Split(' ') is ["create", var name, var text]
    && int.TryParse(text, CultureInfo.InvariantCulture, out var partitions) && partitions > 0
        ? cluster.CreateTopic(name, partitions) is { } reason ? $"failed {name} {reason}" : $"created {name}"
        : $"failed: expected 'create NAME PARTITIONS', got '{request}'";
