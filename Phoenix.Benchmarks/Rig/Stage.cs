namespace Phoenix.Benchmarks.Rig;

/// <summary>What a part of a scenario starts and ends before the next part; the last one that was started ends first.</summary>
internal sealed class Stage : Stack<IAsyncDisposable>, IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        while (TryPop(out var part)) await part.DisposeAsync();
    }
}
