using Xunit;

namespace Phoenix.Tests.Cluster;

/// <summary>
/// Tests with several silo processes run one after the other: more processes at once than a machine has cores would test its scheduler.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ClusterTests
{
    public const string Name = "clusters of processes";
}
