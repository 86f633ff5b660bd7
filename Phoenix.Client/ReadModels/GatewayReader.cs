using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Phoenix.Messages;

namespace Phoenix.Client.ReadModels;

/// <summary>Asks the gateway for JSON, and makes typed errors of what it answers otherwise.</summary>
internal sealed class GatewayReader(IOptions<ReadModelClientOptions> options, TimeProvider time) : IDisposable
{
    // A gateway that moved to another address is found again.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = ConnectionLifetime, AllowAutoRedirect = false, UseCookies = false,
    }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly Uri _base = new(options.Value.Gateway!.AbsoluteUri.TrimEnd('/') + "/");

    /// <summary>The answer read as this type; null when the gateway has no such row. A time to wait comes to the limit.</summary>
    public async Task<T?> ReadAsync<T>(string path, TimeSpan wait, CancellationToken cancellation) where T : class
    {
        using var limit = new CancellationTokenSource(options.Value.RequestTimeout + wait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_base, path));
            request.Headers.Authorization = new("Bearer", await TokenAsync(either.Token).ConfigureAwait(false));
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK)
                return JsonSerializer.Deserialize<T>(body, RowJson.Options) ?? throw new JsonException("It is null.");
            var error = GatewayProblem.Read(response, body);
            return error is ReadModelException { Code: GatewayProblem.NoRow } ? null : throw error;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new UnavailableException($"The gateway {_base} did not answer within {options.Value.RequestTimeout}. Ask again.");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new UnavailableException($"The gateway {_base} cannot be reached. Ask again.", error);
        }
        catch (JsonException error)
        {
            throw new ReadModelException(ErrorCodes.Undecodable,
                $"The gateway's answer does not fit {typeof(T)}: {error.Message} Let the type have the columns as they are.", inner: error);
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<string> TokenAsync(CancellationToken cancellation)
    {
        if (options.Value.TokenFile is not { Length: > 0 } file) return options.Value.Token!;
        try
        {
            return (await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"ReadModelClientOptions.TokenFile '{file}' cannot be read: {error.Message}", error);
        }
    }
}
