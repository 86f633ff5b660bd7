namespace Phoenix.Local.Processes;

internal static class Executable
{
    private static readonly string[] Suffixes = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [""];

    /// <summary>The full path of a program on PATH, with links followed by nobody: what PATH names is what runs.</summary>
    public static string? Find(string name, string? path) =>
        (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Suffixes.Select(suffix => Path.Combine(folder, name + suffix)))
            .FirstOrDefault(File.Exists);

    /// <summary>System programs live in sbin folders that are not on everybody's PATH.</summary>
    public static string? FindSystem(string name) =>
        Find(name, string.Join(Path.PathSeparator, Environment.GetEnvironmentVariable("PATH"), "/usr/sbin", "/sbin", "/usr/bin", "/bin"));
}
