using Phoenix.EventStore.Projecting;
using Xunit;

namespace Phoenix.Tests.Projecting;

/// <summary>Who runs which projection: even, the same answer on every silo, each build its own versions.</summary>
public sealed class ProjectionSharesTests
{
    private static readonly string[] Three = ["a", "b", "c"];

    [Fact]
    public void one_silo_takes_all()
    {
        ProjectingSilo[] silos = [Silo("one", Three)];
        Assert.Equal(Three, ProjectionShares.Take("one", silos));
        Assert.Null(ProjectionShares.Give("one", silos));
    }

    [Fact]
    public void what_is_free_goes_to_those_that_run_least_and_to_one_each()
    {
        ProjectingSilo[] silos = [Silo("one", Three), Silo("two", Three)];
        Assert.Equal(["a", "c"], ProjectionShares.Take("one", silos));
        Assert.Equal(["b"], ProjectionShares.Take("two", silos));

        silos = [Silo("one", Three, "b", "c"), Silo("two", Three)];
        Assert.Empty(ProjectionShares.Take("one", silos));
        Assert.Equal(["a"], ProjectionShares.Take("two", silos));
    }

    [Fact]
    public void one_that_runs_two_more_than_another_gives_one_and_keeps_it_when_the_difference_is_one()
    {
        Assert.Equal("c", ProjectionShares.Give("one", [Silo("one", Three, "a", "b", "c"), Silo("two", Three)]));
        Assert.Null(ProjectionShares.Give("one", [Silo("one", Three, "a", "b"), Silo("two", Three, "c")]));
        Assert.Null(ProjectionShares.Give("two", [Silo("one", Three, "a", "b", "c"), Silo("two", Three)]));
    }

    [Fact]
    public void nothing_is_given_while_something_is_free() =>
        Assert.Null(ProjectionShares.Give("one", [Silo("one", [.. Three, "d"], "a", "b", "c"), Silo("two", Three)]));

    [Fact]
    public void a_version_goes_only_to_silos_whose_build_has_it()
    {
        ProjectingSilo[] silos = [Silo("old", ["totals:All"]), Silo("new", ["totals:V2:All"])];
        Assert.Equal(["totals:All"], ProjectionShares.Take("old", silos));
        Assert.Equal(["totals:V2:All"], ProjectionShares.Take("new", silos));

        silos = [Silo("old", Three, "a", "b", "c"), Silo("new", ["totals:V2:All"])];
        Assert.Null(ProjectionShares.Give("old", silos));
    }

    /// <summary>Whatever they begin with: taking and giving in turns ends, and then none could run one that it has two less of.</summary>
    [Theory]
    [InlineData(1, 7)]
    [InlineData(3, 3)]
    [InlineData(3, 10)]
    [InlineData(5, 2)]
    [InlineData(4, 25)]
    public void taking_and_giving_come_to_rest_even(int count, int projections)
    {
        var random = new Random(count * projections);
        string[] all = [.. Enumerable.Range(0, projections).Select(number => $"p-{number:00}")];
        for (var round = 0; round < 50; round++)
        {
            var silos = Enumerable.Range(0, count).ToDictionary(number => $"silo-{number}", _ => new HashSet<string>());
            foreach (var one in all.Where(_ => random.Next(3) > 0)) silos.ElementAt(random.Next(count)).Value.Add(one);
            var turns = 0;
            while (Turn(silos, all)) Assert.True(++turns < 4 * projections, "It goes on and on.");
            Assert.Equal(all, silos.Values.SelectMany(held => held).Order());
            Assert.InRange(silos.Values.Max(held => held.Count) - silos.Values.Min(held => held.Count), 0, 1);
        }
    }

    // Each silo acts on the picture that it sees when it is its turn.
    private static bool Turn(Dictionary<string, HashSet<string>> silos, string[] all)
    {
        var moved = false;
        foreach (var (owner, held) in silos)
        {
            ProjectingSilo[] picture = [.. silos.Select(silo => new ProjectingSilo(silo.Key, all, [.. silo.Value]))];
            foreach (var taken in ProjectionShares.Take(owner, picture)) moved |= held.Add(taken);
            if (ProjectionShares.Give(owner, picture) is { } given) moved |= held.Remove(given);
        }

        return moved;
    }

    private static ProjectingSilo Silo(string owner, string[] can, params string[] holds) => new(owner, can, holds);
}
