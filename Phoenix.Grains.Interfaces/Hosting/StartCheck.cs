using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Phoenix.Hosting;

/// <summary>
/// Checks all options of a host at its start, before the first of its services is made, and tells everything that is wrong at once. Without
/// it the first service that asks for its options would end the start with what is wrong with those alone.
/// </summary>
internal sealed class StartCheck : IHostedService
{
    private StartCheck()
    {
    }

    /// <summary>Adds the check before all services that the host has by now: called last, where a part of a host is put together.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.TryAddSingleton(static _ => new StartCheck());
        // Hosted services are made in this order. Marten adds one of its own at the first place, too.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(static provider =>
        {
            Run(provider);
            return provider.GetRequiredService<StartCheck>();
        }));
    }

    /// <summary>Checks all options that are to be valid at the start.</summary>
    /// <exception cref="OptionsValidationException">Some are not; the message lists all that is wrong.</exception>
    public static void Run(IServiceProvider services)
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (AggregateException several) when (several.InnerExceptions.All(one => one is OptionsValidationException))
        {
            // Options that are made of others repeat what is wrong with these.
            var failures = several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(one => one.Failures).Distinct();
            throw new OptionsValidationException("Phoenix", typeof(StartCheck), failures);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
