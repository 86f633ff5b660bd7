using Orleans.Runtime.Providers;

namespace Phoenix.Kafka;

/// <summary>Pauses between attempts: doubling from the first to the longest, each between half and all of its length.</summary>
internal sealed class RetryBackoff(TimeSpan first, TimeSpan longest) : IMessageDeliveryBackoffProvider, IQueueReaderBackoffProvider
{
    public TimeSpan Next(int attempt)
    {
        var full = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)));
#pragma warning disable CA5394 // Jitter needs no secrecy.
        return TimeSpan.FromMilliseconds(full * (0.5 + Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }
}
