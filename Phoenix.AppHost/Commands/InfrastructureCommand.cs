using System.CommandLine;
using Phoenix.Local;

namespace Phoenix.AppHost.Commands;

/// <summary><c>infrastructure</c>: PostgreSQL and Kafka alone, for a service that is started from elsewhere, such as a debugger.</summary>
internal static class InfrastructureCommand
{
    public static Command Create()
    {
        var work = new Option<string>("--work") { Description = "Folder that keeps the data.", DefaultValueFactory = _ => ".phoenix" };
        var command = new Command("infrastructure", "Runs PostgreSQL and Kafka until Ctrl-C and prints how to reach them.") { work };
        command.SetAction((parsed, cancellationToken) => Errors.ShownAsync(() => RunAsync(parsed.GetValue(work)!, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string work, CancellationToken cancellationToken)
    {
        var options = new InfrastructureOptions { WorkFolder = work, Progress = Console.Error.WriteLine };
        await using var postgres = await PostgresServer.StartAsync(options, cancellationToken);
        await using var kafka = await KafkaBroker.StartAsync(options, cancellationToken);
        Console.Error.WriteLine(postgres.Description);
        Console.Error.WriteLine(kafka.Description);
        Console.Out.WriteLine($"PHOENIX_POSTGRES='{postgres.ConnectionString}'");
        Console.Out.WriteLine($"PHOENIX_KAFKA='{kafka.BootstrapServers}'");
        if (postgres.Psql is not null) Console.Error.WriteLine(postgres.Psql);
        await Cancelled.WhenAsync(cancellationToken);
        return 0;
    }
}
