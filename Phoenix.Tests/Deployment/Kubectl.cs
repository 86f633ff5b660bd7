using System.Diagnostics;

namespace Phoenix.Tests.Deployment;

/// <summary>The kubectl of this machine, if it has one; used without any cluster.</summary>
internal static class Kubectl
{
    private static readonly string? Path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .Select(folder => System.IO.Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);

    public static bool IsInstalled => Path is not null;

    public static async Task<string> KustomizeAsync(string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(Path!, ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException(await error);
    }
}
