namespace Phoenix.Local;

/// <summary>What finding and starting PostgreSQL and Kafka depends on.</summary>
public sealed record InfrastructureOptions
{
    /// <summary>
    /// Folder for everything a started server keeps: its data, its password, its log. Created when missing; what it holds survives
    /// stop and start. One program at a time may use it (<see cref="WorkFolderLock"/>). Default: <c>.phoenix</c> in the current folder.
    /// </summary>
    public string WorkFolder { get; init; } = Path.Combine(Environment.CurrentDirectory, ".phoenix");

    /// <summary>
    /// Looks up an environment variable; <see langword="null"/> or an empty text means unset. Default: the process's environment.
    /// </summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Receives one short line per step that takes noticeable time. Default: nobody listens.</summary>
    public Action<string> Progress { get; init; } = static _ => { };

    /// <summary>
    /// How long a server may take from its start until it answers; one that ends is noticed at once. Default: 3 minutes, which is for a
    /// machine that is busy with much else.
    /// </summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Whether what a database has committed survives a loss of power; what it survives besides, <c>kill -9</c> too, is the same. Default:
    /// yes.
    /// </summary>
    public bool SurvivesPowerLoss { get; init; } = true;

    /// <summary>The clock behind every wait.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal string? Setting(string name) => Variable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    internal string FolderOf(string server) => Path.Combine(Path.GetFullPath(WorkFolder), server);
}
