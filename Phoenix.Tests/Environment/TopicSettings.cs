using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Phoenix.Tests;

/// <summary>Settings of topics, as an operator changes them.</summary>
public static class TopicSettings
{
    // Any setting that changes nothing in a test.
    private const string Marker = "file.delete.delay.ms";

    /// <summary>Returns when the broker keeps to the new value.</summary>
    public static async Task SetAsync(string bootstrap, string topic, string name, string value)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        await SetAsync(admin, topic, name, value);
        // A broker shows a change a moment before it applies it, and takes the changes in turn: once it shows the second, the first is applied.
        await SetAsync(admin, topic, Marker, "61000");
    }

    private static async Task SetAsync(IAdminClient admin, string topic, string name, string value)
    {
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [resource] = [new ConfigEntry { Name = name, Value = value, IncrementalOperation = AlterConfigOpType.Set }],
        });
        await Eventually.TrueAsync(
            $"{topic} has {name} {value}", async () => (await admin.DescribeConfigsAsync([resource]))[0].Entries[name].Value == value);
    }
}
