using System.Runtime.InteropServices;

namespace Phoenix.Local.Processes;

/// <summary>POSIX signals, which <see cref="System.Diagnostics.Process"/> cannot send (it only kills).</summary>
internal static partial class Signal
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>SIGSTOP, which no process can refuse.</summary>
    public static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>SIGCONT.</summary>
    public static readonly int Continue = OperatingSystem.IsMacOS() ? 19 : 18;

    /// <returns>Whether the process existed and may be signalled by us.</returns>
    public static bool Send(int processId, int signal) => kill(processId, signal) == 0;

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);
}
