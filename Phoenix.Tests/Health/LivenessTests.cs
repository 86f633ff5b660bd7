using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Phoenix.EventStore;
using Phoenix.EventStore.Commits;
using Phoenix.Health;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Health;

/// <summary>Liveness is progress: what is stuck is told from what waits.</summary>
public sealed class LivenessTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HealthLimits _limits = new();

    [Fact]
    public async Task an_attempt_that_never_ends_is_stuck_even_while_others_end()
    {
        var watch = new StorageWatch(_time);
        _ = watch.ObserveAsync(new TaskCompletionSource<StreamResult[]>().Task);
        _time.Advance(TimeSpan.FromSeconds(40));
        await watch.ObserveAsync(Task.FromResult<StreamResult[]>([]));
        Assert.Equal(TimeSpan.FromSeconds(40), watch.WithoutProgress(null));
    }

    [Fact]
    public async Task a_queue_whose_attempts_fail_makes_progress()
    {
        var watch = new StorageWatch(_time);
        for (var second = 0; second < 300; second += 5)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Assert.ThrowsAsync<AttemptFailedException>(() => watch.ObserveAsync(Task.FromException<StreamResult[]>(Failed(AttemptFailure.NothingSent))));
        }

        Assert.Equal(TimeSpan.FromSeconds(3), Advanced(3, () => watch.WithoutProgress(oldestWaiting: TimeSpan.FromMinutes(5))));
        Assert.NotNull(watch.Trouble);
    }

    [Fact]
    public void a_queue_that_nobody_empties_is_stuck_and_one_without_work_is_not()
    {
        var watch = new StorageWatch(_time);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(watch.WithoutProgress(oldestWaiting: null));
        Assert.Equal(TimeSpan.FromMinutes(2), watch.WithoutProgress(oldestWaiting: TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task bad_content_and_races_are_no_trouble_of_storage()
    {
        var watch = new StorageWatch(_time);
        foreach (var failure in (AttemptFailure[])[AttemptFailure.Raced, AttemptFailure.Refused])
            await Assert.ThrowsAsync<AttemptFailedException>(() => watch.ObserveAsync(Task.FromException<StreamResult[]>(Failed(failure))));
        Assert.Null(watch.Trouble);
    }

    [Fact]
    public async Task a_full_disk_is_forgiven_by_a_commit_or_by_time_but_not_by_a_probe()
    {
        var watch = new StorageWatch(_time);
        await Assert.ThrowsAsync<AttemptFailedException>(() => watch.ObserveAsync(Task.FromException<StreamResult[]>(Failed(AttemptFailure.RolledBack))));
        watch.Probed(null);
        Assert.NotNull(watch.Trouble);
        _time.Advance(TimeSpan.FromMinutes(1));
        watch.Probed(null);
        Assert.Null(watch.Trouble);
    }

    [Theory]
    [InlineData(59, 59, HealthStatus.Healthy)]
    [InlineData(61, 1, HealthStatus.Unhealthy)]
    [InlineData(1, 61, HealthStatus.Unhealthy)]
    public async Task ingestion_is_stuck_when_its_thread_or_an_agent_stays_away(int poll, int visit, HealthStatus expected)
    {
        var kafka = new Wire(new() { Provider = "kafka", Topic = "t", Partition = 3, LastPoll = Ago(poll), LastVisit = Ago(visit) });
        var check = new IngestionCheck(new ServiceCollection().AddSingleton<IKafkaHealth>(kafka).BuildServiceProvider(), _limits, _time);
        Assert.Equal(expected, (await check.CheckHealthAsync(new())).Status);
    }

    [Theory]
    [InlineData(59, HealthStatus.Healthy)]
    [InlineData(61, HealthStatus.Unhealthy)]
    public async Task the_commit_queue_is_stuck_when_nothing_ends(int seconds, HealthStatus expected)
    {
        var check = new CommitQueueCheck(new Log(new() { WithoutProgress = TimeSpan.FromSeconds(seconds), UnhealthySince = Ago(900) }), _limits, _time);
        Assert.Equal(expected, (await check.CheckHealthAsync(new())).Status);
    }

    private DateTimeOffset Ago(int seconds) => _time.GetUtcNow() - TimeSpan.FromSeconds(seconds);

    private T Advanced<T>(int seconds, Func<T> value)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return value();
    }

    private static AttemptFailedException Failed(AttemptFailure failure) => new(failure, new TimeoutException());

    private sealed record Log(StorageHealth Storage) : IEventStoreHealth;

    private sealed record Wire(PartitionHealth One) : IKafkaHealth
    {
        public BrokerHealth Broker => new();

        public IReadOnlyList<PartitionHealth> Partitions => [One];

        public IReadOnlyList<MissingTopic> Missing => [];
    }
}
