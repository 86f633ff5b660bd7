using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>What became of a command: a decision or a failure, and the scenario it leads to.</summary>
internal sealed record DecidedCommand(object Command, Scenario Before, Scenario After, Decision? Decision, Exception? Failure)
{
    public IReadOnlyList<IEvent> Events => Decision?.Events ?? [];

    public string Result => this switch
    {
        { Failure: { } failure } => $"it failed with {failure.GetType()}: {failure.Message}",
        { Decision.Rejection: { } rejection } => $"it was rejected with {rejection.Code}: {rejection.Message}",
        _ => $"it was accepted with{Text.Of(Events)}",
    };

    /// <summary>An error that tells expectation, result and circumstances.</summary>
    public SpecificationException Error(string expectation, IEnumerable<string>? differences = null)
    {
        var difference = differences is null ? "" : $"\nDifferences:{Text.Lines(differences)}";
        return new(
            $"""
            {Text.Of(Command)}
            Expected: {expectation}
            Found: {Result}{difference}
            State before, version {Before.Version}: {Text.Of(Before.State)}
            """,
            Failure);
    }
}
