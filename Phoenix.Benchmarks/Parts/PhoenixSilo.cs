using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.Hosting;

namespace Phoenix.Benchmarks.Parts;

/// <summary>A silo of ours with default settings, as <c>Phoenix.Silo</c> hosts it.</summary>
internal static class PhoenixSilo
{
    public static Task<SiloHost> StartAsync(PartSettings settings, Action<ISiloBuilder>? configure = null) => SiloHost.StartAsync(orleans =>
    {
        orleans.AddPhoenix([typeof(Tally).Assembly], options =>
        {
            options.ConnectionString = settings.Postgres;
            options.Kafka = settings.Kafka;
            options.TopicPrefix = settings.Prefix;
        });
        configure?.Invoke(orleans);
    });
}
