namespace Phoenix.Local;

/// <summary>A container that counts as started when the server in it answers.</summary>
internal sealed class ReadyContainer(DockerContainer container, Func<CancellationToken, Task<string?>> whyNotReady, InfrastructureOptions options)
    : IServerControl
{
    public int? ProcessId => null;

    public async Task RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> secrets, CancellationToken cancellationToken)
    {
        options.Progress($"starting container {container.Name}");
        await container.RunAsync(arguments, secrets, cancellationToken);
        await WaitAsync(cancellationToken);
    }

    public Task StopAsync(bool immediate) => container.StopAsync(immediate);

    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await container.StartAgainAsync(cancellationToken);
        await WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => container.DisposeAsync();

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Readiness.WaitAsync(container.Name, null, whyNotReady, options, cancellationToken);
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }
}
