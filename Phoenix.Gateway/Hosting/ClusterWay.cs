namespace Phoenix.Gateway.Hosting;

/// <summary>How a gateway reaches the cluster. Decided once, when the host is put together.</summary>
internal enum ClusterWay
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By the silos that are listed.</summary>
    Listed,

    /// <summary>By the membership in PostgreSQL.</summary>
    Database,
}
