using System.Globalization;
using System.Text.RegularExpressions;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>A Java runtime, which Apache Kafka runs on.</summary>
internal sealed partial record JavaRuntime(string Program, int Major)
{
    public const int Needed = 17;

    private static readonly string[] Packages = ["openjdk-17-jre-headless", "default-jre-headless"];

    /// <summary>JAVA_HOME, PATH, or the distribution's package, whichever first is new enough.</summary>
    /// <exception cref="InvalidOperationException">None is; the message says what was found.</exception>
    public static async Task<JavaRuntime> FindAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var found = await InstalledAsync(options, cancellationToken);
        if (found is not { Major: >= Needed } && DistributionPackages.WhyNot() is null)
            found = await InstallAsync(options, cancellationToken) ?? found;
        return found is { Major: >= Needed }
            ? found
            : throw new InvalidOperationException(
                $"Apache Kafka needs Java {Needed} or later; found {(found is null ? "none" : $"Java {found.Major} at {found.Program}")} in JAVA_HOME and PATH.");
    }

    private static async Task<JavaRuntime?> InstalledAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        string?[] candidates =
        [
            options.Setting("JAVA_HOME") is { } home ? Path.Combine(home, "bin", "java") : null,
            Executable.Find("java", options.Setting("PATH")),
        ];
        JavaRuntime? best = null;
        foreach (var program in candidates.OfType<string>().Where(File.Exists))
        {
            var major = await MajorAsync(program, cancellationToken);
            if (best is null || (best.Major < Needed && major > best.Major))
                best = new JavaRuntime(program, major);
        }

        return best;
    }

    private static async Task<JavaRuntime?> InstallAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        foreach (var package in Packages)
        {
            try
            {
                await DistributionPackages.InstallAsync(package, options, cancellationToken);
                return await InstalledAsync(options, cancellationToken);
            }
            catch (InvalidOperationException error)
            {
                options.Progress($"installing {package} failed: {error.Message}");
            }
        }

        return null;
    }

    private static async Task<int> MajorAsync(string program, CancellationToken cancellationToken)
    {
        var run = await CommandRun.ToEndAsync(new Command(program, "-version"), cancellationToken);
        return VersionText().Match(run.Errors + run.Output) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;
    }

    [GeneratedRegex("version \"(\\d+)")]
    private static partial Regex VersionText();
}
