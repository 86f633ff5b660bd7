using System.Diagnostics;
using System.Text.Json;

namespace Phoenix.Benchmarks.Rig;

/// <summary>
/// A part in a process of its own: settings, then orders go in as lines of JSON, results come out as lines of JSON. It ends when its input
/// does.
/// </summary>
internal sealed class PartProcess : IAsyncDisposable
{
    public const string Verb = "part";
    private const string Ready = "ready";
    private readonly Process _process;

    private PartProcess(string name, Process process) => (Name, _process) = (name, process);

    /// <summary>Its name in the catalog of parts.</summary>
    public string Name { get; }

    public int ProcessId => _process.Id;

    /// <summary>
    /// Starts the process and waits until the part is ready. <paramref name="build"/>: another build's program than this one.
    /// </summary>
    public static async Task<PartProcess> StartAsync(
        string name, PartSettings settings, CancellationToken cancellation, string? build = null)
    {
        var program = build ?? Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        var start = new ProcessStartInfo(program, isHost ? ["exec", typeof(PartProcess).Assembly.Location, Verb, name] : [Verb, name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var part = new PartProcess(name, Process.Start(start)!);
        try
        {
            await part.WriteAsync(settings);
            var answer = await part.ReadAsync(cancellation);
            return answer == Ready ? part : throw new PartFailedException($"The part '{name}' answered '{answer}' instead of '{Ready}'.");
        }
        catch
        {
            await part.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the part do one round.</summary>
    public async Task<RoundResult> RunAsync(RoundOrder order, CancellationToken cancellation)
    {
        await WriteAsync(order);
        return JsonSerializer.Deserialize<RoundResult>(await ReadAsync(cancellation))!;
    }

    /// <summary>The other end: runs a part on this process's input and output.</summary>
    public static async Task<int> ServeAsync(Func<PartSettings, Task<IPart>> start, TextReader input, TextWriter output)
    {
        var settings = JsonSerializer.Deserialize<PartSettings>(await input.ReadLineAsync() ?? throw new PartFailedException("A part is started by the benchmarks, not by hand."))!;
        await using var part = await start(settings);
        await output.WriteLineAsync(Ready);
        while (await input.ReadLineAsync() is { } line)
            await output.WriteLineAsync(JsonSerializer.Serialize(await part.RunAsync(JsonSerializer.Deserialize<RoundOrder>(line)!)));
        return 0;
    }

    /// <summary>Lets the part end in order; kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task WriteAsync<T>(T message)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(message));
        await _process.StandardInput.FlushAsync();
    }

    private async Task<string> ReadAsync(CancellationToken cancellation) =>
        await _process.StandardOutput.ReadLineAsync(cancellation) ?? throw new PartFailedException($"The part '{Name}' ended; what it said stands above.");
}
