using System.Globalization;

namespace Phoenix.Local;

/// <summary>
/// Keeps two programs from starting the same server on one work folder. The operating system gives the lock back when its holder dies,
/// however it dies.
/// </summary>
public sealed class WorkFolderLock : IDisposable
{
    private readonly FileStream _file;

    private WorkFolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock of one server of a work folder; creates the folder when missing.</summary>
    /// <param name="workFolder">The work folder.</param>
    /// <param name="server">What is locked in it, such as <c>postgres</c>.</param>
    /// <exception cref="WorkFolderInUseException">Somebody else holds it.</exception>
    public static WorkFolderLock Take(string workFolder, string server)
    {
        var folder = Path.GetFullPath(workFolder);
        Directory.CreateDirectory(folder);
        var holder = Path.Combine(folder, $"{server}.holder");
        try
        {
            var file = new FileStream(Path.Combine(folder, $"{server}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new WorkFolderLock(file);
        }
        catch (IOException error)
        {
            throw new WorkFolderInUseException(folder, server, File.Exists(holder) ? File.ReadAllText(holder) : "unknown", error);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose() => _file.Dispose();
}
