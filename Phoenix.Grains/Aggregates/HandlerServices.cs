using Microsoft.Extensions.DependencyInjection;

namespace Phoenix.Aggregates;

/// <summary>The services of one run of a handler, in a scope of their own that is opened when the first is asked for.</summary>
internal sealed class HandlerServices(IServiceProvider services) : IServiceProvider, IAsyncDisposable
{
    private AsyncServiceScope? _scope;

    public object? GetService(Type serviceType) => (_scope ??= services.CreateAsyncScope()).ServiceProvider.GetService(serviceType);

    public ValueTask DisposeAsync() => _scope?.DisposeAsync() ?? ValueTask.CompletedTask;
}
