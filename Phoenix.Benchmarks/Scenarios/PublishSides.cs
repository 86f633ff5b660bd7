using Phoenix.Benchmarks.Parts;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Scenarios;

/// <summary>The sides of <c>publish</c>: a silo that forwards every event, and a plain loop over the same tables.</summary>
internal sealed class PublishSides(Servers servers, Stage stage)
{
    private const int Keys = 1000;

    /// <summary>Both sides; the silo makes the log that both read.</summary>
    public async Task<(Side Phoenix, Side Native)> BothAsync(int events, CancellationToken cancellation)
    {
        var settings = await SettingsAsync("publish") with { Events = events };
        await CreateTopicAsync(PublishNames.Native(settings.Prefix), cancellation);
        var publishing = await StartAsync(PhoenixPublish.Name, settings, cancellation);
        var phoenix = new Side("phoenix", "publication of every event", publishing, Role.Silo)
        {
            CountEffectsAsync = CountOf(settings, PublishNames.Events(settings.Prefix)),
        };
        var loop = await StartAsync(NativePublish.Name, settings, cancellation);
        var native = new Side("native", "pages of 1,000, idempotent producer, the next page read meanwhile", loop, Role.Silo)
        {
            CountEffectsAsync = CountOf(settings, PublishNames.Native(settings.Prefix)),
        };
        return (phoenix, native);
    }

    /// <summary>A silo that publishes what it decides, and a client that reads it.</summary>
    public async Task<(PartProcess Silo, PartProcess Client)> LiveAsync(CancellationToken cancellation)
    {
        var settings = await SettingsAsync("publish-live");
        await CreateTopicAsync(PublishNames.Plain(settings.Prefix), cancellation);
        var silo = await StartAsync(PhoenixPublish.Name, settings, cancellation);
        return (silo, await StartAsync(PublishClient.Name, settings, cancellation));
    }

    /// <summary>A silo that has nothing to do, and publishes or does not.</summary>
    public async Task<Side> IdleAsync(bool publishes, CancellationToken cancellation)
    {
        var settings = await SettingsAsync(publishes ? "idle-with" : "idle-without");
        return new("idle", "", await StartAsync(publishes ? PhoenixPublish.Name : KafkaSilo.Name, settings, cancellation), Role.Silo);
    }

    private async Task<PartSettings> SettingsAsync(string name) =>
        await KafkaSides.SettingsAsync(servers, name) with { Keys = Keys, Callers = 256 };

    private static Func<Task<long>> CountOf(PartSettings settings, string topic) => async () =>
    {
        using var count = new TopicCount(settings.Kafka, topic);
        return await count.NowAsync();
    };

    private Task CreateTopicAsync(string topic, CancellationToken cancellation) =>
        servers.Kafka!.CreateTopicAsync(topic, KafkaTopicNames.Partitions, cancellation);

    private async Task<PartProcess> StartAsync(string part, PartSettings settings, CancellationToken cancellation)
    {
        var process = await PartProcess.StartAsync(part, settings, cancellation);
        stage.Push(process);
        return process;
    }
}
