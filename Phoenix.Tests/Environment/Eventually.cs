using System.Diagnostics;
using Xunit;

namespace Phoenix.Tests;

/// <summary>Waits for a condition that nothing announces. Whatever can be awaited is awaited instead.</summary>
public static class Eventually
{
    /// <summary>90 seconds: what takes milliseconds alone may wait long for a processor beside a hundred other tests.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Returns when the condition holds, fails with its description when it does not within the patience.</summary>
    public static async Task TrueAsync(string expectation, Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        var deadline = patience ?? Patience;
        var started = Stopwatch.GetTimestamp();
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > deadline)
                Assert.Fail($"Expected within {deadline.TotalSeconds:0} s: {expectation}.");
            await rhythm.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc cref="TrueAsync(string, Func{Task{bool}}, TimeSpan?)"/>
    public static Task TrueAsync(string expectation, Func<bool> condition, TimeSpan? patience = null) =>
        TrueAsync(expectation, () => Task.FromResult(condition()), patience);
}
