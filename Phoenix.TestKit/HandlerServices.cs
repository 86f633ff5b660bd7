using System.Collections.Immutable;

namespace Phoenix.TestKit;

/// <summary>The services of a specification.</summary>
internal sealed class HandlerServices(ImmutableDictionary<Type, object> services, DateTimeOffset now) : IServiceProvider
{
    public object GetService(Type serviceType)
    {
        if (services.TryGetValue(serviceType, out var service)) return service;
        if (serviceType == typeof(TimeProvider)) return new StoppedClock(now);
        throw new SpecificationException(
            $"The handler asks for the service {serviceType}, which the specification does not have. Add .With<{serviceType.Name}>(...) before When.");
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
