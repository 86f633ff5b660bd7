using System.Runtime.InteropServices;
using Phoenix.AppHost.Infrastructure.Processes;

namespace Phoenix.AppHost.Infrastructure;

/// <summary>How to run this program once more, whichever program it is loaded into (itself, a test run).</summary>
internal static class AppHostProgram
{
    public static Command Run(params string[] arguments)
    {
        var assembly = typeof(AppHostProgram).Assembly.Location;
        return assembly.Length == 0
            ? new Command(Environment.ProcessPath!, arguments)
            : new Command(DotnetHost(), ["exec", assembly, .. arguments]);
    }

    // The host that runs us sits three folders above the shared framework, PATH or no PATH.
    private static string DotnetHost()
    {
        var file = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", file));
        return File.Exists(host) ? host : file;
    }
}
