using System.Diagnostics;
using Phoenix.Local.Processes;

namespace Phoenix.Local;

/// <summary>
/// librdkafka's mock cluster in a process of its own, spoken to by lines: it says <c>ready SERVERS</c>, hears
/// <c>create NAME PARTITIONS</c>, says <c>created NAME</c> or <c>failed NAME REASON</c>, and ends when its standard input does.
/// </summary>
internal sealed class EmbeddedBroker : IServerControl, ITopicCreation
{
    public const string Kind = "embedded";
    private const string Program = "Phoenix.Local.Broker.dll";

    private readonly Process _process;
    private readonly SemaphoreSlim _oneRequest = new(1);

    private EmbeddedBroker(Process process, string bootstrapServers) => (_process, BootstrapServers) = (process, bootstrapServers);

    public string BootstrapServers { get; }

    public int? ProcessId => _process.HasExited ? null : _process.Id;

    public static async Task<EmbeddedBroker> StartAsync(InfrastructureOptions options, CancellationToken cancellationToken)
    {
        var start = DotnetProgram.StartInfo(Program);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.StartPatience);
        try
        {
            var line = await process.StandardOutput.ReadLineAsync(patience.Token);
            return line?.Split(' ') is ["ready", var servers]
                ? new EmbeddedBroker(process, servers)
                : throw new ServerDidNotStartException("The embedded broker", "it did not report its address.", LastLines.Of(line ?? await complaints, 15));
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw;
        }
    }

    public async Task CreateTopicAsync(string name, int partitions, CancellationToken cancellationToken)
    {
        await _oneRequest.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.WriteLineAsync($"create {name} {partitions}");
            await _process.StandardInput.FlushAsync(CancellationToken.None);
            var answer = await _process.StandardOutput.ReadLineAsync(CancellationToken.None);
            if (answer != $"created {name}")
                throw new InvalidOperationException($"The embedded broker did not create topic '{name}' with {partitions} partitions: {answer ?? "it has ended"}.");
        }
        finally
        {
            _oneRequest.Release();
        }
    }

    public async Task StopAsync(bool immediate)
    {
        if (immediate)
            _process.Kill();
        else
            _process.StandardInput.Close();
        await _process.WaitForExitAsync();
    }

    public Task StartAgainAsync(CancellationToken cancellationToken) => throw new NotSupportedException("The embedded broker forgets everything.");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await StopAsync(immediate: false);
        _process.Dispose();
        _oneRequest.Dispose();
    }
}
