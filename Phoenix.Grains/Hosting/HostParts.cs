using Phoenix.Dispatch;
using Phoenix.Publishing;
using Phoenix.Subscribing;

namespace Phoenix.Hosting;

/// <summary>
/// Which parts a host is put together from. That is decided once, by the options as they are then; all other options are read when the host
/// starts.
/// </summary>
internal sealed record HostParts(string Domains, bool HasKafka, bool Publishes, bool Subscribes)
{
    public static HostParts Of(PhoenixOptions options, DomainModel domain) => new(
        string.Join(", ", options.Domains),
        !string.IsNullOrWhiteSpace(options.Kafka),
        PublicationCatalog.Read(domain, options, options.Publications).Found.Count > 0,
        SubscriptionCatalog.Read(domain, options, options.Subscriptions).Found.Count > 0);

    /// <summary>What was set so late that the host lacks a part, or has one too many.</summary>
    public IEnumerable<string> LateIn(HostParts now)
    {
        if (now.Domains != Domains) yield return Late("Domains");
        if (now.HasKafka != HasKafka) yield return Late("Kafka");
        else if (now.Subscribes != Subscribes) yield return Late("Subscriptions");
        if (now.Publishes != Publishes) yield return Late("Publications");
    }

    private static string Late(string setting) =>
        $"{PhoenixOptions.Section}:{setting} was set after UsePhoenix had put the host together. "
        + "Set it before, in configuration or in what is given to UsePhoenix.";
}
