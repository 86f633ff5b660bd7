using System.Globalization;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>A folder with PostgreSQL's server programs.</summary>
internal sealed record PostgresBinaries(string Folder, string Version)
{
    // Distributions keep the server programs off PATH, each in its own place.
    private static readonly (string Root, string Pattern, string Inside)[] KnownPlaces =
    [
        ("/usr/lib/postgresql", "*", "bin"),
        ("/usr", "pgsql-*", "bin"),
        ("/usr/local", "pgsql*", "bin"),
        ("/usr/libexec", "postgresql*", ""),
        ("/opt/homebrew/opt", "postgresql*", "bin"),
        ("/usr/local/opt", "postgresql*", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "*", "bin"),
    ];

    public string Server => Path.Combine(Folder, "postgres");

    public string InitDb => Path.Combine(Folder, "initdb");

    public int Major => int.Parse(Version.Split('.')[0], CultureInfo.InvariantCulture);

    /// <summary>All installations on this machine, newest first.</summary>
    public static async Task<IReadOnlyList<PostgresBinaries>> FindAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        List<PostgresBinaries> found = [];
        foreach (var folder in Folders(options).Distinct().Where(IsComplete))
        {
            var run = await CommandRun.ToEndAsync(new Command(Path.Combine(folder, "postgres"), "--version"), cancellationToken);
            if (run.Succeeded && run.Output.Split(' ') is [_, _, var version, ..])
                found.Add(new PostgresBinaries(folder, version.Trim()));
        }

        return [.. found.OrderByDescending(binaries => binaries.Major)];
    }

    private static IEnumerable<string> Folders(InfrastructureOptions options)
    {
        if (Executable.Find("initdb", options.Setting("PATH")) is { } onPath)
            yield return Path.GetDirectoryName(onPath)!;
        foreach (var (root, pattern, inside) in KnownPlaces.Where(place => Directory.Exists(place.Root)))
            foreach (var folder in Directory.EnumerateDirectories(root, pattern))
                yield return Path.Combine(folder, inside);
    }

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "postgres")) && File.Exists(Path.Combine(folder, "initdb"));
}
