using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>Lays the user's librdkafka properties over ours.</summary>
internal static class ClientProperties
{
    public static T Merge<T>(T config, IEnumerable<KeyValuePair<string, string>>? extra) where T : ClientConfig
    {
        foreach (var (name, value) in extra ?? [])
            config.Set(name, value);
        return config;
    }
}
