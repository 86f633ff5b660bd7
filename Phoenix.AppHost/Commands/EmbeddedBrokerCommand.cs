using System.CommandLine;
using System.Globalization;
using Phoenix.AppHost.Infrastructure;

namespace Phoenix.AppHost.Commands;

/// <summary><c>embedded-broker</c>: the process behind <see cref="EmbeddedBroker"/>, not for people.</summary>
internal static class EmbeddedBrokerCommand
{
    public static Command Create()
    {
        var command = new Command(EmbeddedBroker.Verb, "Runs librdkafka's mock cluster until standard input ends.") { Hidden = true };
        command.SetAction(_ => Run(Console.In, Console.Out));
        return command;
    }

    private static int Run(TextReader requests, TextWriter answers)
    {
        // Ctrl-C reaches every process of a terminal; this one ends with its parent, after those that still need it.
        Console.CancelKeyPress += static (_, pressed) => pressed.Cancel = true;
        using var cluster = new MockCluster();
        answers.WriteLine($"ready {cluster.BootstrapServers}");
        while (requests.ReadLine() is { } request)
            answers.WriteLine(Answer(cluster, request));
        return 0;
    }

    private static string Answer(MockCluster cluster, string request) =>
        request.Split(' ') is ["create", var name, var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var partitions) && partitions > 0
            ? cluster.CreateTopic(name, partitions) is { } reason ? $"failed {name} {reason}" : $"created {name}"
            : $"failed: expected 'create NAME PARTITIONS', got '{request}'";
}
