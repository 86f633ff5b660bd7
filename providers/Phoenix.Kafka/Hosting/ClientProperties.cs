using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>Lays the user's librdkafka properties over ours.</summary>
internal static class ClientProperties
{
    // Brokers that come back are found again soon: the defaults let an attempt to connect stand for 30 s, and the next one wait for up to 10 s.
    private const int ConnectionSetupMs = 5_000;
    private const int ReconnectMs = 1_000;

    public static T Merge<T>(T config, IEnumerable<KeyValuePair<string, string>>? extra) where T : ClientConfig
    {
        config.SocketConnectionSetupTimeoutMs ??= ConnectionSetupMs;
        config.ReconnectBackoffMaxMs ??= ReconnectMs;
        foreach (var (name, value) in extra ?? [])
            config.Set(name, value);
        return config;
    }
}
