using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Phoenix.EventStore;

namespace Phoenix.Hosting;

/// <summary>Lets a host that is no silo, such as a web program or one with a gateway, read documents of read models by LINQ.</summary>
public static class ReadModelHosting
{
    /// <summary>
    /// Adds <see cref="IReadModelStore"/>, as a silo has it. Settings come from the section <c>Phoenix</c> (<c>ConnectionString</c>,
    /// <c>Schema</c>) and are checked when the host starts.
    /// </summary>
    /// <param name="builder">The host; not a silo, which has this already.</param>
    /// <param name="domains">Assemblies whose modules say how the documents are kept. Their other services are registered, too.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="InvalidOperationException">The host has it already.</exception>
    public static IHostApplicationBuilder AddReadModels(this IHostApplicationBuilder builder, params Assembly[] domains)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(IReadModelStore)))
            throw new InvalidOperationException("This host reads read models already: a silo does, and AddReadModels is called once.");
        builder.Services.AddOptions<ReadModelStoreOptions>().BindConfiguration(PhoenixOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ReadModelStoreOptions>, ReadModelStoreValidation>();
        foreach (var module in PhoenixSiloBuilderExtensions.Modules(domains)) module.Configure(builder.Services);
        builder.Services.AddReadModelStore(
            static provider => DatabaseSettings.Normal(Options(provider).ConnectionString),
            static (provider, store) => PhoenixSiloBuilderExtensions.ConfigureDocuments(store, Options(provider).Schema));
        return builder;
    }

    private static ReadModelStoreOptions Options(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<ReadModelStoreOptions>>().Value;
}
