using Phoenix.Tests.Cluster;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Phoenix.Tests.ClustersFirst))]

namespace Phoenix.Tests;

/// <summary>Begins a run with the tests that take longest and go one after the other: last, they would run alone for minutes.</summary>
public sealed class ClustersFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderByDescending(collection => collection.TestCollectionDisplayName == ClusterTests.Name)];
}
