using Marten;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phoenix.Coordination;
using Phoenix.Dispatch;
using Phoenix.Publishing;
using Phoenix.Subscribing;

namespace Phoenix.Hosting;

/// <summary>Refuses to start with options that cannot work, and lists them all.</summary>
internal sealed class PhoenixOptionsValidation(
    DomainModel domain, HostParts parts, IServiceProviderIsService services, IEnumerable<IRecordFormat> formats)
    : IValidateOptions<PhoenixOptions>
{
    public ValidateOptionsResult Validate(string? name, PhoenixOptions options)
    {
        List<string> problems =
        [
            .. options.Problems(),
            .. options.Aggregates.Problems(domain.Aggregates.Keys),
            .. options.Transactions.Unknown(domain.Aggregates.Where(one => one.Value.Saga is not null).Select(one => one.Key)),
            .. PublicationCatalog.Read(domain, options, options.Publications).Problems,
            .. SubscriptionCatalog.Read(domain, options, options.Subscriptions, formats.Select(format => format.Name)).Problems,
            .. parts.LateIn(HostParts.Of(options, domain)),
            .. LostProjections(),
            .. UnknownServices(options),
        ];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> UnknownServices(PhoenixOptions options)
    {
        foreach (var (service, saga) in domain.Services)
        {
            if (!options.Services.ContainsKey(service))
                yield return $"{saga} has a step at the service '{service}', which {ServiceOptions.Section} does not name. "
                    + $"Set {ServiceOptions.Section}:{service}:TopicPrefix to the first part of its topics' names, or load its rules here.";
            else if (string.IsNullOrWhiteSpace(options.Kafka))
                yield return $"{saga} has a step at the service '{service}', and Phoenix:Kafka is empty: steps go there over Kafka.";
        }
    }

    private IEnumerable<string> LostProjections()
    {
        if (services.IsService(typeof(IConfigureMarten)) && !services.IsService(typeof(IDocumentStore)))
            yield return "ConfigureMarten(...) is called for a store that this host does not have. Call ConfigureMarten<ILogStore>(...) for the log's.";
    }
}
