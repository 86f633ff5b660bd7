namespace Phoenix.Local.Processes;

/// <summary>The account a server runs under. PostgreSQL refuses to run as root, so that root needs another one for it.</summary>
internal sealed class Account
{
    private const string Created = "phoenix";

    private Account(string? name, IReadOnlyList<string> launcher) => (Name, Launcher) = (name, launcher);

    /// <summary>Ourselves when <see langword="null"/>.</summary>
    public string? Name { get; }

    /// <summary>The program that runs another one under this account.</summary>
    public IReadOnlyList<string> Launcher { get; }

    /// <summary>Ourselves, or when we are root the account <c>postgres</c>, or a system account made for the purpose.</summary>
    public static async Task<Account> ForPostgresAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return new Account(null, []);
        if (await ExistsAsync("postgres", cancellationToken))
            return Of("postgres");
        if (!await ExistsAsync(Created, cancellationToken))
            await CommandRun.SuccessfullyAsync(Creation(), cancellationToken);
        return Of(Created);
    }

    public Command Run(Command command) => command.Under(Launcher);

    /// <summary>Whether the account can enter a folder, which takes the right to pass through every folder above it.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken cancellationToken) =>
        Name is null || (await CommandRun.ToEndAsync(Run(new Command("/bin/sh", "-c", "cd \"$1\"", "sh", folder)), cancellationToken)).Succeeded;

    /// <summary>Makes a folder and all it holds the account's own, closed to others.</summary>
    public async Task OwnAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (Name is not null)
            await CommandRun.SuccessfullyAsync(new Command("chown", "-R", Name, folder), cancellationToken);
        await CommandRun.SuccessfullyAsync(new Command("chmod", "700", folder), cancellationToken);
    }

    private static async Task<bool> ExistsAsync(string name, CancellationToken cancellationToken) =>
        (await CommandRun.ToEndAsync(new Command("id", "-u", name), cancellationToken)).Succeeded;

    private static Account Of(string name) =>
        Executable.FindSystem("setpriv") is { } setpriv && OperatingSystem.IsLinux()
            ? new Account(name, [setpriv, $"--reuid={name}", $"--regid={name}", "--init-groups"])
            : Executable.FindSystem("runuser") is { } runuser
                ? new Account(name, [runuser, "-u", name, "--"])
                : throw new InvalidOperationException(
                    $"PostgreSQL cannot run as root, and neither setpriv nor runuser (package util-linux) is here to run it as '{name}'.");

    private static Command Creation() =>
        Executable.FindSystem("useradd") is { } useradd
            ? new Command(useradd, "--system", "--user-group", "--no-create-home", "--shell", "/bin/sh", Created)
            : throw new InvalidOperationException("PostgreSQL cannot run as root, and there is neither a user 'postgres' nor useradd to make one.");
}
