using System.Runtime.CompilerServices;
using Xunit;

namespace Phoenix.Tests;

/// <summary>A test of something that the embedded broker cannot do; runs wherever a real broker is configured.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealBrokerFactAttribute : FactAttribute
{
    public RealBrokerFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = "Needs a real broker: set KAFKA_HOME or PHOENIX_KAFKA.";
        SkipType = typeof(SharedKafka);
        SkipUnless = nameof(SharedKafka.IsReal);
    }
}
