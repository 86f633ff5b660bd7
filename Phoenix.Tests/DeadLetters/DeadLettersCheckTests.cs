using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Phoenix.DeadLetters;
using Phoenix.EventStore;
using Phoenix.Health;
using Xunit;

namespace Phoenix.Tests.DeadLetters;

/// <summary>Health tells open letters, and is degraded by what keeps them from being kept or replayed, not by letters.</summary>
public sealed class DeadLettersCheckTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task letters_are_told_and_trouble_that_lasts_is_named()
    {
        var watch = new LetterWatch(_time);
        var check = new DeadLettersCheck(watch, new HealthLimits(), _time);
        Assert.Empty((await CheckAsync()).Data);

        watch.Counted(new Dictionary<LetterKind, long> { [LetterKind.Timer] = 3 });
        Assert.Equal((HealthStatus.Healthy, 3L), await CheckAsync() is var told ? (told.Status, told.Data["timer"]) : default);

        watch.Failed("dead-letters", "No broker answers.");
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        _time.Advance(new HealthLimits().StalledAfter + TimeSpan.FromSeconds(1));
        watch.Failed("dead-letters", "No broker answers.");
        var degraded = await CheckAsync();
        Assert.Equal(HealthStatus.Degraded, degraded.Status);
        Assert.Contains("No broker answers.", degraded.Description, StringComparison.Ordinal);

        // The other work goes well; that says nothing of this one.
        watch.Succeeded("dead-letter-replays");
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync()).Status);
        watch.Succeeded("dead-letters");
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        Task<HealthCheckResult> CheckAsync() => check.CheckHealthAsync(new(), TestContext.Current.CancellationToken);
    }
}
