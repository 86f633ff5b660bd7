namespace Phoenix.Hosting;

/// <summary>Which cluster a silo belongs to. Bound from <c>Phoenix:Cluster</c>, as in the gateway.</summary>
public sealed class PhoenixClusterOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Cluster";

    /// <summary>
    /// The cluster; one that can be reached from another cluster, or replaces it at one stroke, has its own id: two with the same one can
    /// take each other's silos for theirs. Default <c>phoenix</c>.
    /// </summary>
    public string ClusterId { get; set; } = "phoenix";

    /// <summary>The service; the same for all its deployments, and what reminders belong to. Default <c>phoenix</c>.</summary>
    public string ServiceId { get; set; } = "phoenix";

    /// <summary>How silos find out that one of them is gone.</summary>
    public FailureDetectionOptions FailureDetection { get; } = new();

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(ClusterId) || ClusterId.Length > 150) yield return $"{Section}:ClusterId is 1 to 150 characters; found '{ClusterId}'.";
        if (string.IsNullOrWhiteSpace(ServiceId) || ServiceId.Length > 150) yield return $"{Section}:ServiceId is 1 to 150 characters; found '{ServiceId}'.";
        foreach (var problem in FailureDetection.Problems()) yield return problem;
    }
}
