namespace Phoenix.Tests;

/// <summary>The checkout that the tests were built from. Found on disk: a deterministic build knows no path of its sources.</summary>
internal static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "PhoenixOrleans.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No PhoenixOrleans.sln above {AppContext.BaseDirectory}; run the tests from inside the repository.");
    }
}
