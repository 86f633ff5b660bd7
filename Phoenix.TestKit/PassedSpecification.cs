using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>Time has passed; the timers that were due have been delivered.</summary>
/// <typeparam name="TAggregate">The aggregate under test.</typeparam>
public sealed class PassedSpecification<TAggregate> : AggregateSpecification<TAggregate> where TAggregate : Aggregate
{
    private readonly IReadOnlyList<DecidedCommand> _delivered;

    internal PassedSpecification(Scenario scenario, IReadOnlyList<DecidedCommand> delivered) : base(scenario) => _delivered = delivered;

    /// <summary>The timers delivered in this time led to exactly these events, in order; compared by type and JSON.</summary>
    /// <exception cref="SpecificationException">They did not; the message tells what was delivered.</exception>
    public PassedSpecification<TAggregate> ThenEvents(params IEvent[] expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var differences = EventDifference.Between(expected, [.. _delivered.SelectMany(command => command.Events)]);
        return differences.Count == 0 ? this : throw Error($"events{Text.Of(expected)}", differences);
    }

    /// <summary>A timer delivered in this time sent this command to this aggregate.</summary>
    /// <exception cref="SpecificationException">None did; the message tells what was delivered.</exception>
    public PassedSpecification<TAggregate> ThenSent<TContract>(string id, ICommand<TContract> command) where TContract : IAggregateGrain
    {
        var expected = new SendCommand(ContractNames.Of(typeof(TContract)), id, command);
        return Followings.Any(following => Timers.IsSame(following, expected))
            ? this
            : throw Error(Timers.Shown(expected), Followings.Select(Timers.Shown).DefaultIfEmpty("nothing follows"));
    }

    private IEnumerable<Following> Followings => _delivered.SelectMany(command => command.Decision?.Followings ?? []);

    private SpecificationException Error(string expectation, IEnumerable<string> differences) => new(
        $"""
        Timers delivered:{Text.Lines(_delivered.Select(command => $"{command.After.Now:O} {Text.Of(command.Command)}: {command.Result}").DefaultIfEmpty("none"))}
        Expected: {expectation}
        Differences:{Text.Lines(differences)}
        """);
}
