namespace Phoenix.Local.Processes;

/// <summary>A program with its arguments, the folder it runs in and what is added to its environment.</summary>
internal sealed record Command(string File, params IReadOnlyList<string> Arguments)
{
    public string? Folder { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Text written to its standard input.</summary>
    public string Input { get; init; } = "";

    /// <summary>The same command started by another program that runs it, such as <c>setpriv</c>.</summary>
    public Command Under(IReadOnlyList<string> launcher) =>
        launcher.Count == 0 ? this : this with { File = launcher[0], Arguments = [.. launcher.Skip(1), File, .. Arguments] };

    public override string ToString() => $"{File} {string.Join(' ', Arguments)}";
}
