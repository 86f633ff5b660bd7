using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.Hosting;

namespace Phoenix.Benchmarks.Parts;

/// <summary>A silo of ours with default settings, as <c>Phoenix.Silo</c> hosts it.</summary>
internal static class PhoenixSilo
{
    /// <summary>Starts it.</summary>
    /// <param name="settings">Where its servers are.</param>
    /// <param name="configure">What else it gets.</param>
    /// <param name="forwards">Whether it publishes every event.</param>
    /// <param name="subscription">Which of the domain's subscriptions it reads; null for none.</param>
    public static Task<SiloHost> StartAsync(
        PartSettings settings, Action<ISiloBuilder>? configure = null, bool forwards = false, string? subscription = null) =>
        SiloHost.StartAsync(orleans =>
    {
        if (forwards) orleans.Configuration["Phoenix:Publications:Forward:0"] = Tally.Name;
        orleans.AddPhoenix([typeof(Tally).Assembly], options =>
        {
            options.ConnectionString = settings.Postgres;
            options.Kafka = settings.Kafka;
            options.TopicPrefix = settings.Prefix;
            foreach (var name in new[] { Feed.Name, News.Name })
                options.Subscriptions[name] = new() { Enabled = name == subscription, Topic = KafkaTopicNames.Foreign(settings.Prefix) };
        });
        configure?.Invoke(orleans);
    });
}
