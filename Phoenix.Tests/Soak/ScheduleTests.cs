using Phoenix.Runs.Faults;
using Phoenix.Runs.Histories;
using Xunit;

namespace Phoenix.Tests.Soak;

public sealed class ScheduleTests
{
    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    [Fact]
    public void the_same_seed_gives_the_same_faults_and_another_one_others()
    {
        Assert.Equal(Create(7), Create(7));
        Assert.NotEqual(Create(7), Create(8));
    }

    [Fact]
    public void every_kind_comes_up_before_one_is_repeated()
    {
        foreach (var round in Create(3).Select(fault => fault.Kind).Chunk(Kinds.Length).Where(round => round.Length == Kinds.Length)) Assert.Equal(Kinds, round.Order());
        Assert.All(Create(3), fault => Assert.InRange(fault.At, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(30)));
    }

    [Fact]
    public void unavailability_is_the_longest_time_without_an_answer_after_a_fault()
    {
        HistoryRecord[] history = [At(100), At(1_000), At(1_050), At(4_000), At(4_100),
            new() { Event = ClientEvent.Unknown, At = 2_000, Client = 0, Stream = "a", CommandId = "u" }];
        Assert.Equal([2_950, 60], Unavailability.Of([990, 4_040], history));

        static HistoryRecord At(long at) => new() { Event = ClientEvent.Accepted, At = at, Client = 0, Stream = "a", CommandId = $"c{at}" };
    }

    private static IReadOnlyList<Fault> Create(int seed) => FaultSchedule.Create(seed, TimeSpan.FromMinutes(30), 3, Kinds);
}
