using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>The sides of <c>subscribe</c> and <c>broadcast</c>: silos that read what nobody waits for.</summary>
internal sealed class IncomingSides(Servers servers, Stack<IAsyncDisposable> started)
{
    /// <summary>Aggregates, all of which a broadcast goes to.</summary>
    public const int Keys = 1000;

    public Task<Side> KafkaAsync(CancellationToken cancellation) =>
        SideAsync("kafka", "one-way commands on the topic of commands", PhoenixIncoming.OneWay, cancellation);

    public Task<Side> SubscribedAsync(CancellationToken cancellation) =>
        SideAsync("subscribed", "foreign records that become a command each", Feed.Name, cancellation);

    public Task<Side> BroadcastAsync(CancellationToken cancellation) =>
        SideAsync("broadcast", "foreign records that go to 1,000 aggregates each", News.Name, cancellation);

    public async Task<Side> GrainCallsAsync(CancellationToken cancellation) =>
        await new CommandSides(servers, started, Keys).PhoenixAsync(cancellation) with { Name = "grainCalls" };

    private async Task<Side> SideAsync(string name, string what, string command, CancellationToken cancellation)
    {
        var settings = await KafkaSides.SettingsAsync(servers, name) with { Keys = Keys, Command = command };
        if (command != PhoenixIncoming.OneWay)
            await servers.Kafka!.CreateTopicAsync(PhoenixIncoming.TopicOf(settings), KafkaTopicNames.Partitions, cancellation);
        var part = await PartProcess.StartAsync(PhoenixIncoming.Name, settings, cancellation);
        started.Push(part);
        return new(name, what, part, Role.Silo) { CountEffectsAsync = Effects.OfPhoenix(settings.Postgres) };
    }
}
