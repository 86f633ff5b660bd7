namespace Phoenix.Silo;

/// <summary>What a silo does with Kubernetes around it. Bound from <c>Phoenix:Kubernetes</c>.</summary>
internal sealed class KubernetesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Phoenix:Kubernetes";

    /// <summary>
    /// Whether Orleans asks Kubernetes which pods there are, so that a silo whose pod is gone is dead at once. Needs what deploy/kubernetes
    /// sets: POD_NAME, POD_NAMESPACE, POD_IP, ORLEANS_SERVICE_ID and ORLEANS_CLUSTER_ID, the pods' labels, and the right to get, list and
    /// watch pods. Default false.
    /// </summary>
    public bool Enabled { get; set; }
}
