using Microsoft.Extensions.Hosting;
using Phoenix.Client.Replies;

namespace Phoenix.Client.Hosting;

/// <summary>
/// Begins connecting when the host starts, so that the first request does not wait for it; a broker that is down does not keep the host
/// from starting.
/// </summary>
internal sealed class EarlyConnection(ReplyReader replies) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        replies.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
