using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>Where a private cluster keeps its things. All of it belongs to the account the server runs under.</summary>
internal sealed class PostgresFolder
{
    // The socket's path must fit into a field of the operating system: 104 bytes on macOS, 108 on Linux, its name included.
    private const int LongestSocketFolder = 80;

    private PostgresFolder(string root, Account account) => (Root, Account) = (root, account);

    public string Root { get; }

    public Account Account { get; }

    public string Data => Path.Combine(Root, "data");

    public string Unfinished => Path.Combine(Root, "data.unfinished");

    public string Password => Path.Combine(Root, "password");

    public string Log => Path.Combine(Root, "postgres.log");

    public RememberedPort Port => new(Path.Combine(Root, "port"));

    /// <summary>Folder of the unix socket; <see langword="null"/> when its path would be too long, then there is TCP alone.</summary>
    public string? Socket => Root.Length <= LongestSocketFolder ? Root : null;

    /// <summary>Major version of the data; <see langword="null"/> when there are none yet.</summary>
    public int? Major =>
        File.Exists(Path.Combine(Data, "PG_VERSION")) ? int.Parse(File.ReadAllText(Path.Combine(Data, "PG_VERSION")), CultureInfo.InvariantCulture) : null;

    /// <summary>The process named by the cluster's own pid file, which a killed server leaves behind.</summary>
    public int? Postmaster =>
        File.Exists(PidFile) && int.TryParse(File.ReadLines(PidFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var id) ? id : null;

    public string PidFile => Path.Combine(Data, "postmaster.pid");

    public static async Task<PostgresFolder> OpenAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var account = await Account.ForPostgresAsync(cancellationToken);
        Directory.CreateDirectory(options.WorkFolder);
        var root = await account.CanEnterAsync(options.WorkFolder, cancellationToken) ? options.FolderOf("postgres") : Elsewhere(options, account);
        await account.OwnAsync(root, cancellationToken);
        return new PostgresFolder(root, account);
    }

    // A work folder below a closed home, such as /root: opening the home to others is not ours to do.
    private static string Elsewhere(InfrastructureOptions options, Account account)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(options.WorkFolder))))[..12];
        var root = $"/var/lib/phoenix-apphost/{name}/postgres";
        options.Progress($"the account '{account.Name}' cannot enter {options.WorkFolder}: PostgreSQL's data go to {root}");
        return root;
    }
}
