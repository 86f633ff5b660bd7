using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Metadata;

namespace Phoenix.Kafka;

/// <summary>
/// Which topics each silo reads. Silos tell it one another in the manifest of their grains, as a property of a grain that every silo has:
/// during a rolling update silos of another build have other topics, and one that does not know a topic must not get its partitions.
/// </summary>
internal sealed class ReadTopics(string provider, IServiceProvider services) : IGrainPropertiesProvider
{
    private const char Between = ',';
    private readonly string property = $"phoenix.kafka.topics.{provider}";

    public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        if (!typeof(IManagementGrain).IsAssignableFrom(grainClass))
            return;
        try
        {
            var options = services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get(provider);
            properties[property] = string.Join(Between, options.Topics.Select(topic => topic.Topic));
        }
        catch (Exception)
        {
            // What is wrong with the options is told when the silo starts, with all that is wrong.
        }
    }

    /// <summary>
    /// Whether a silo reads a topic. True while its manifest has not come, and of one that tells nothing, which is of an older build: nobody
    /// may take all others for silos that do not read.
    /// </summary>
    public bool Reads(ClusterManifest manifest, SiloAddress silo, string topic) =>
        !manifest.Silos.TryGetValue(silo, out var grains) || Told(grains) is not { } told || told.Split(Between).Contains(topic);

    private string? Told(GrainManifest silo) =>
        silo.Grains.Values.Select(grain => grain.Properties.GetValueOrDefault(property)).FirstOrDefault(topics => topics is not null);
}
