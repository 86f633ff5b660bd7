using Orleans.Metadata;

namespace Phoenix.Aggregates;

/// <summary>Binds an aggregate's grain to the streams of its own logical name, so that a domain declares no subscription.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CommandStreamBindingAttribute : Attribute, IGrainBindingsProviderAttribute
{
    public IEnumerable<Dictionary<string, string?>> GetBindings(IServiceProvider services, Type grainClass, GrainType grainType) =>
        new ImplicitStreamSubscriptionAttribute(grainType.ToString()!).GetBindings(services, grainClass, grainType);
}
