using System.Collections.Concurrent;
using System.Reflection;

namespace Phoenix.Model;

/// <summary>
/// Names the service whose aggregates fulfil a contract, or all contracts of an assembly. A host that has the rules itself takes no notice.
/// In any other the steps of transactions go to the command topic of that service, which <c>Phoenix:Services</c> has to name.
/// </summary>
/// <param name="name">The service's name, such as <c>warehouse</c>: formed like all logical names.</param>
[AttributeUsage(AttributeTargets.Interface | AttributeTargets.Assembly, Inherited = false)]
public sealed class ServiceAttribute(string name) : Attribute
{
    private static readonly ConcurrentDictionary<Type, string?> Known = [];

    /// <summary>The service's name.</summary>
    public string Name { get; } = LogicalName.Checked(name);

    /// <summary>The service that fulfils a contract; null when nobody says.</summary>
    /// <exception cref="ModelException">The name is none.</exception>
    internal static string? Of(Type contract) => Known.GetOrAdd(contract, static type =>
        (type.GetCustomAttribute<ServiceAttribute>() ?? type.Assembly.GetCustomAttribute<ServiceAttribute>())?.Name);
}
