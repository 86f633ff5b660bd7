using Phoenix.Local;

namespace Phoenix.Tests.Infrastructure;

/// <summary>A way that leads nowhere: by saying so, or by an exception.</summary>
internal sealed class UnworkableWay<TServer>(string name, string reason, bool throws = false) : IWay<TServer>
    where TServer : class
{
    public string Name => name;

    public string Advice => $"do something about {name}.";

    public Task<Attempt<TServer>> TryAsync(InfrastructureOptions options, CancellationToken cancellationToken) =>
        throws ? throw new InvalidOperationException(reason) : Task.FromResult<Attempt<TServer>>(reason);
}
