using Phoenix.Kafka;

namespace Phoenix.Client.Events;

/// <summary>Which published events an application reads, and as whom.</summary>
public sealed class EventConsumerOptions
{
    /// <summary>Kafka's <c>bootstrap.servers</c>. Required.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>
    /// The consumer group, the same in all instances of the application: partitions are shared out among them, and its place in each topic
    /// is kept under this name. Required.
    /// </summary>
    public string Group { get; set; } = "";

    /// <summary>The topics, for example <c>phoenix.shop.account.events</c>. At least one.</summary>
    public IList<string> Topics { get; } = [];

    /// <summary>The pause after the first failure of a handler; it doubles from there. Default 100 ms.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause after a failure. Default 30 s.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Further librdkafka properties, such as <c>security.protocol</c>. Those that would switch a guarantee off, and unknown ones, are
    /// refused at start.
    /// </summary>
    public IDictionary<string, string> ExtraProperties { get; } = new Dictionary<string, string>();

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(BootstrapServers)) yield return "BootstrapServers is empty. Set it to the brokers' addresses.";
        if (string.IsNullOrWhiteSpace(Group)) yield return "Group is empty. Set it to the name of this application.";
        if (Topics.Count == 0 || Topics.Any(string.IsNullOrWhiteSpace))
            yield return "Topics is empty, or has an empty name. Add the topics of the publications to read.";
        if (FirstPause <= TimeSpan.Zero || LongestPause < FirstPause)
            yield return "FirstPause must be above zero, and LongestPause not below it.";
        foreach (var problem in ClientProperties.Problems(ExtraProperties, nameof(ExtraProperties))) yield return problem;
    }
}
