using System.Diagnostics;
using Phoenix.Local.Processes;
using Xunit;

namespace Phoenix.Tests.Health;

/// <summary>A program that cannot start says why and ends in order: with exit code 1, not as a crash.</summary>
public sealed class HostProgramTests
{
    [Theory]
    [InlineData("Phoenix.Silo", "Phoenix__Domains__0", "/nowhere/Shop.dll", "/nowhere/Shop.dll")]
    [InlineData("Phoenix.Silo", "Phoenix__Domains__0", "Phoenix.Samples.Shop.dll", "Phoenix:ConnectionString")]
    [InlineData("Phoenix.Gateway", "Phoenix__Gateway__MaxBodyBytes", "0", "MaxBodyBytes")]
    public async Task what_is_configured_wrongly_is_named_in_the_last_line(string program, string setting, string value, string named)
    {
        var start = DotnetProgram.StartInfo($"{program}.dll");
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        (start.Environment[setting], start.Environment["ASPNETCORE_URLS"]) = (value, "http://127.0.0.1:0");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Patience);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Patience);

        Assert.True(process.ExitCode == 1, $"Exit code {process.ExitCode}:{Environment.NewLine}{await output}{errors}");
        var last = errors.Trim().Split('\n')[^1];
        Assert.StartsWith($"{program} ends: ", last, StringComparison.Ordinal);
        Assert.Contains(named, last, StringComparison.Ordinal);
    }
}
