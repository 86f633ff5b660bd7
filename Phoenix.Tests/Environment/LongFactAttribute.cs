using System.Runtime.CompilerServices;
using Xunit;

namespace Phoenix.Tests;

/// <summary>A test that takes minutes; runs where <c>PHOENIX_LONG_TESTS</c> is 1.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Skip = "Takes minutes: set PHOENIX_LONG_TESTS=1.";
        SkipType = typeof(LongFactAttribute);
        SkipUnless = nameof(AreWanted);
    }

    public static bool AreWanted => Environment.GetEnvironmentVariable("PHOENIX_LONG_TESTS") == "1";
}
