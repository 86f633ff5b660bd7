using Npgsql;
using Phoenix.Benchmarks.Native;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The twin <c>native</c>: a good hand-written consumer. Keys in parallel, state in memory, one transaction a message with its command id,
/// then the reply, then the offset.
/// </summary>
internal sealed class NativeConsumer(NpgsqlDataSource source, NativeIntake intake, NativeReplies replies, NativeWorker[] workers, Task[] running) : IPart
{
    public const string Name = "native-consumer";

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            MaxPoolSize = settings.PoolSize * 2, MaxAutoPrepare = 10, NoResetOnClose = true, Enlist = false, ApplicationName = "bench-native",
        });
        await NativeTables.CreateAsync(source);
        var replies = new NativeReplies(settings.Kafka);
        var workers = Enumerable.Range(0, settings.PoolSize).Select(_ => new NativeWorker()).ToArray();
        var running = workers.Select(worker => Task.Run(async () => await worker.RunAsync(source, replies))).ToArray();
        // A worker that ends early takes its keys with it: the process ends loudly instead of measuring less.
        foreach (var task in running) _ = task.ContinueWith(ended => Environment.FailFast("A worker failed.", ended.Exception), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        var intake = new NativeIntake(settings.Kafka, KafkaTopicNames.Commands(settings.Prefix), KafkaTopicNames.Partitions);
        intake.Start(500, commands =>
        {
            foreach (var command in commands)
                workers[(uint)string.GetHashCode(command.Stream, StringComparison.Ordinal) % workers.Length].Take(command, intake.DoneWith(command));
        });
        return new NativeConsumer(source, intake, replies, workers, running);
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => throw new PartFailedException("A consumer takes its work from its topic.");

    public async ValueTask DisposeAsync()
    {
        intake.Dispose();
        foreach (var worker in workers) worker.Complete();
        await Task.WhenAll(running);
        replies.Dispose();
        await source.DisposeAsync();
    }
}
