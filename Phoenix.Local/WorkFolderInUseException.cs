namespace Phoenix.Local;

/// <summary>Another program runs a server on the same work folder.</summary>
public sealed class WorkFolderInUseException(string folder, string server, string holder, Exception inner)
    : Exception(
        $"The work folder {folder} is in use: process {holder} runs its {server} server. Stop that program, or choose another work folder.", inner);
