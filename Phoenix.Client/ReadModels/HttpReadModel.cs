using System.Runtime.CompilerServices;
using Phoenix.Messages;

namespace Phoenix.Client.ReadModels;

/// <summary>A read model of a gateway.</summary>
internal sealed class HttpReadModel<TRow>(GatewayReader reader, string name) : IReadModel<TRow> where TRow : class
{
    public Task<TRow?> GetAsync(string key, CancellationToken cancellation) => reader.ReadAsync<TRow>(PathOf(key), TimeSpan.Zero, cancellation);

    public Task<TRow?> GetCaughtUpAsync(string key, TimeSpan within, CancellationToken cancellation) =>
        reader.ReadAsync<TRow>($"{PathOf(key)}?wait={FilterValue.Text((long)Math.Ceiling(within.TotalSeconds))}", within, cancellation);

    public async Task<ReadModelPage<TRow>> PageAsync(ReadModelQuery<TRow>? query, string? after, CancellationToken cancellation) =>
        await reader.ReadAsync<ReadModelPage<TRow>>(
            $"v1/read-models/{name}?{(query ?? new()).ToUrl(after)}", query?.CaughtUpWithin ?? TimeSpan.Zero, cancellation).ConfigureAwait(false)
        ?? throw new ReadModelException(ErrorCodes.UnknownName, "There is no such path at the gateway. Is it older than this client?");

    public async IAsyncEnumerable<TRow> ListAsync(ReadModelQuery<TRow>? query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? after = null;
        do
        {
            var page = await PageAsync(query, after, cancellation).ConfigureAwait(false);
            if (page.Reached == false)
                throw new UnavailableException($"The read model '{name}' has not caught up within {query!.CaughtUpWithin}. Ask again.");
            foreach (var row in page.Rows) yield return row;
            after = page.Next;
        }
        while (after is not null);
    }

    private string PathOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key is "." or "..") throw new ArgumentException($"The key '{key}' means another path. Filter by the key.", nameof(key));
        return $"v1/read-models/{name}/{Uri.EscapeDataString(key)}";
    }
}
