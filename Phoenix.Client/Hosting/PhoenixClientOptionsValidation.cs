using Microsoft.Extensions.Options;
using Phoenix.Kafka;
using Phoenix.Model;

namespace Phoenix.Client.Hosting;

/// <summary>Refuses to start with options that cannot work, and says what to set.</summary>
internal sealed class PhoenixClientOptionsValidation : IValidateOptions<PhoenixClientOptions>
{
    public ValidateOptionsResult Validate(string? name, PhoenixClientOptions options)
    {
        var problems = ProblemsOf(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> ProblemsOf(PhoenixClientOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.BootstrapServers))
            yield return "PhoenixClientOptions.BootstrapServers is empty. Set it to the address of at least one Kafka broker, for example 'localhost:9092'.";
        if (!LogicalName.IsValid(options.ApplicationName))
            yield return $"PhoenixClientOptions.ApplicationName is '{options.ApplicationName}'. Set it to a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes, for example 'web-shop': it names this application's reply topic.";
        if (!LogicalName.IsValid(options.TopicPrefix))
            yield return $"PhoenixClientOptions.TopicPrefix is '{options.TopicPrefix}'. Set it to the prefix the silos have (default 'phoenix'): a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes.";
        if (options.ReplyPartitions is < 1 or > 10_000)
            yield return $"PhoenixClientOptions.ReplyPartitions is {options.ReplyPartitions}. Set it to 1 to 10,000 (default 12).";
        if (options.ReplicationFactor is < 1)
            yield return $"PhoenixClientOptions.ReplicationFactor is {options.ReplicationFactor}. Set it to 1 or more, at most the number of brokers, or leave it out.";
        if (options.ReplyTopicCheckInterval <= TimeSpan.Zero || options.ReplyTopicCheckInterval > TimeSpan.FromHours(1))
            yield return $"PhoenixClientOptions.ReplyTopicCheckInterval is {options.ReplyTopicCheckInterval}. Set it to more than zero and at most an hour (default 5 s).";
        if (options.RequestTimeout <= TimeSpan.Zero || options.RequestTimeout > TimeSpan.FromHours(1))
            yield return $"PhoenixClientOptions.RequestTimeout is {options.RequestTimeout}. Set it to more than zero and at most an hour (default 10 s).";
        if (options.MaxInFlight is < 1 or > 1_000_000)
            yield return $"PhoenixClientOptions.MaxInFlight is {options.MaxInFlight}. Set it to 1 to 1,000,000 (default 1,000).";
        if (options.Linger < TimeSpan.Zero || options.Linger > TimeSpan.FromSeconds(1))
            yield return $"PhoenixClientOptions.Linger is {options.Linger}. Set it to 0 to 1 s (default 5 ms).";
        foreach (var problem in ClientProperties.Problems(options.ExtraProperties, "PhoenixClientOptions.ExtraProperties")) yield return problem;
        if (options.Source is { } source && (source.Length is 0 or > 128 || source.Any(char.IsControl)))
            yield return "PhoenixClientOptions.Source is not 1 to 128 characters without control characters. Set it to a URI reference such as '/web-shop', or leave it out.";
    }
}
