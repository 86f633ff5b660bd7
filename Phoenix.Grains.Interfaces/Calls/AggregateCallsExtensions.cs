using Phoenix.Calls;

namespace Phoenix;

/// <summary>Makes an Orleans client a good caller of aggregates.</summary>
public static class AggregateCallsExtensions
{
    /// <summary>
    /// Repeats calls to aggregates that Orleans refuses while a silo leaves, for up to 5 s, so that a rolling restart fails none of them. A
    /// call that was in a silo that died still ends by the client's time-out: nobody tells the client. Sent again under the same command id
    /// it has one effect (guarantee 1).
    /// </summary>
    /// <param name="builder">Client builder.</param>
    public static IClientBuilder AddAggregateCalls(this IClientBuilder builder) => builder.AddOutgoingGrainCallFilter<RefusedCalls>();
}
