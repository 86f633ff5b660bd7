using System.Runtime.CompilerServices;
using Phoenix.Json;
using Phoenix.Model;

namespace Phoenix.TestKit;

/// <summary>The answer to a query; queries change nothing, so the specification goes on where it was.</summary>
/// <typeparam name="TAggregate">The aggregate under test.</typeparam>
/// <typeparam name="TAnswer">What the query answers.</typeparam>
public sealed class AnsweredSpecification<TAggregate, TAnswer> : AggregateSpecification<TAggregate> where TAggregate : Aggregate
{
    private readonly Scenario _scenario;
    private readonly object _query;
    private readonly TAnswer _answer;

    internal AnsweredSpecification(Scenario scenario, object query, TAnswer answer) : base(scenario) => (_scenario, _query, _answer) = (scenario, query, answer);

    /// <summary>The answer is this value; compared as JSON.</summary>
    /// <exception cref="SpecificationException">It is not; the message names the members that differ.</exception>
    public AnsweredSpecification<TAggregate, TAnswer> ThenAnswer(TAnswer expected)
    {
        var differences = JsonDifference.Between(Text.AsElement(expected), Text.AsElement(_answer));
        return differences.Count == 0 ? this : throw Error(Text.JsonOf(expected), differences);
    }

    /// <summary>The condition holds for the answer. Its text appears in the error.</summary>
    /// <exception cref="SpecificationException">It does not.</exception>
    public AnsweredSpecification<TAggregate, TAnswer> ThenAnswer(
        Func<TAnswer, bool> condition, [CallerArgumentExpression(nameof(condition))] string? conditionText = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return condition(_answer) ? this : throw Error($"an answer for which {conditionText}", []);
    }

    private SpecificationException Error(string expectation, IReadOnlyCollection<string> differences)
    {
        var difference = differences.Count == 0 ? "" : $"\nDifferences:{Text.Lines(differences)}";
        return new(
            $"""
            {Text.Of(_query)}
            Expected: {expectation}
            Found: {Text.JsonOf(_answer)}{difference}
            State, version {_scenario.Version}: {Text.Of(_scenario.State)}
            """);
    }
}
