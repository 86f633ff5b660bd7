using Microsoft.Extensions.DependencyInjection;

namespace Phoenix.Hosting;

/// <summary>
/// What a domain brings to a host beside its aggregates: services its handlers take as parameters, and Marten projections through
/// <c>services.ConfigureMarten&lt;ILogStore&gt;(...)</c>. A host finds and runs every module of the assemblies it loads.
/// </summary>
public interface IDomainModule
{
    /// <summary>Registers the domain's services and projections.</summary>
    void Configure(IServiceCollection services);
}
