using System.Diagnostics;
using Phoenix.Local.Processes;

namespace Phoenix.Tests.EndToEnd;

/// <summary>The AppHost as people start it: a process of its own.</summary>
internal static class AppHostProgram
{
    /// <summary>What starts it with these arguments.</summary>
    public static ProcessStartInfo StartInfo(params IReadOnlyList<string> arguments) => DotnetProgram.StartInfo("Phoenix.AppHost.dll", arguments);
}
