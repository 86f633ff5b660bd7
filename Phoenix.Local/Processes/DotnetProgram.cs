using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Phoenix.Local.Processes;

/// <summary>How to start a .NET program as a process of its own.</summary>
public static class DotnetProgram
{
    /// <summary>What starts a program on the .NET that runs us.</summary>
    /// <param name="assembly">Its assembly; a file name alone is looked for beside the running program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessStartInfo StartInfo(string assembly, params IReadOnlyList<string> arguments) =>
        new(Host(), ["exec", FileOf(assembly), .. arguments]);

    /// <summary>The file of an assembly; a file name alone is looked for beside the running program.</summary>
    internal static string FileOf(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly);

    /// <summary>The .NET host that runs us.</summary>
    // It sits three folders above the shared framework, PATH or no PATH.
    internal static string Host()
    {
        var file = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", file));
        return File.Exists(host) ? host : file;
    }
}
