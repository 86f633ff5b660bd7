using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Phoenix.Tests;

/// <summary>Settings of topics, as an operator changes them.</summary>
public static class TopicSettings
{
    public static async Task SetAsync(string bootstrap, string topic, string name, string value)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [new ConfigResource { Type = ResourceType.Topic, Name = topic }] =
                [new ConfigEntry { Name = name, Value = value, IncrementalOperation = AlterConfigOpType.Set }],
        });
    }
}
