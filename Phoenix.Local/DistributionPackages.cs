using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>Installs packages of Debian and Ubuntu, which takes root.</summary>
internal static class DistributionPackages
{
    private static readonly SemaphoreSlim OneAtATime = new(1);

    // While the file exists the distribution starts no service of a package it installs. Ours only if nobody else has put one there.
    private const string Install =
        """
        policy=/usr/sbin/policy-rc.d
        if [ ! -e $policy ]; then
          printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
          trap 'rm -f $policy' EXIT
        fi
        apt-get update && apt-get install -y --no-install-recommends "$@"
        """;

    /// <summary>Why packages cannot be installed here, or <see langword="null"/>.</summary>
    public static string? WhyNot() =>
        !File.Exists("/etc/debian_version") || Executable.FindSystem("apt-get") is null ? "This is not Debian or Ubuntu."
        : !Environment.IsPrivilegedProcess ? "Installing packages takes root, and this process is not root."
        : null;

    public static async Task InstallAsync(string package, InfrastructureOptions options, CancellationToken cancellationToken)
    {
        await OneAtATime.WaitAsync(cancellationToken);
        try
        {
            options.Progress($"installing {package} from the distribution's packages");
            var command = new Command("/bin/sh", "-c", Install, "sh", package)
            {
                Environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" },
            };
            await CommandRun.SuccessfullyAsync(command, cancellationToken);
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
