using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Phoenix.AppHost.Infrastructure;

/// <summary>How to run this program once more, whichever program it is loaded into: itself or a test run.</summary>
public static class AppHostProgram
{
    /// <summary>What starts the AppHost with these arguments on the .NET that runs us.</summary>
    public static ProcessStartInfo StartInfo(params IReadOnlyList<string> arguments)
    {
        var assembly = typeof(AppHostProgram).Assembly.Location;
        return assembly.Length == 0
            ? new ProcessStartInfo(Environment.ProcessPath!, arguments)
            : new ProcessStartInfo(DotnetHost(), ["exec", assembly, .. arguments]);
    }

    /// <summary>The .NET host that runs us.</summary>
    // It sits three folders above the shared framework, PATH or no PATH.
    internal static string DotnetHost()
    {
        var file = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", file));
        return File.Exists(host) ? host : file;
    }
}
