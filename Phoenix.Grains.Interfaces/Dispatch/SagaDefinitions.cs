using System.Text.Json;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.Dispatch;

/// <summary>
/// The definitions of one kind of transaction, by version. Starts take the newest; what runs goes on by the one it started with.
/// </summary>
internal sealed class SagaDefinitions(IReadOnlyCollection<SagaDefinition> versions)
{
    private readonly Dictionary<int, SagaDefinition> _byVersion = versions.ToDictionary(definition => definition.Version);

    public IEnumerable<Type> Types => _byVersion.Values.Select(definition => definition.Type);

    public SagaDefinition Newest { get; } = versions.MaxBy(definition => definition.Version)!;

    /// <summary>The aggregates of this host by logical name; null where only the saga is known, as in a specification of it.</summary>
    public IReadOnlyDictionary<string, AggregateModel>? Aggregates { get; set; }

    /// <summary>The plan of a transaction that starts.</summary>
    /// <exception cref="ModelException">The plan cannot be, or a step goes to what no aggregate of this host has.</exception>
    public Plan NewPlan(string name, object command)
    {
        var plan = Newest.PlanOf(name, command);
        if (Aggregates is not null && plan.Steps.Select(Problem).OfType<string>().ToList() is { Count: > 0 } problems)
            throw new ModelException(string.Join(Environment.NewLine, problems));
        return plan;
    }

    /// <summary>The plan of a transaction that was started before; else why this build cannot tell it, and what for the log.</summary>
    public (Plan? Plan, TransactionNeedsAttention? Problem, Exception? Cause) PlanOf(TransactionStarted started)
    {
        if (!_byVersion.TryGetValue(started.Definition, out var definition))
            return Problem(TransactionCodes.DefinitionMissing,
                $"This build has no definition of version {started.Definition}; it has {string.Join(", ", _byVersion.Keys.Order())}. Run a build that has it.");
        try
        {
            var plan = definition.PlanOf(started.Command, started.Start);
            if (plan.Script is { } script && Aggregates is not null) script.WhyNotSent = this.Problem;
            return plan.Fingerprint() == started.Fingerprint
                ? (plan, null, null)
                : Problem(TransactionCodes.DefinitionFailed,
                    $"The definition of version {started.Definition} makes other steps than when the transaction started."
                    + " Put the old one back, and give the new one the next version.");
        }
        catch (Exception exception)
        {
            return Problem(TransactionCodes.DefinitionFailed,
                $"The definition of version {started.Definition} makes no plan; the silo's log has the cause.", exception);
        }

        static (Plan?, TransactionNeedsAttention?, Exception?) Problem(string code, string message, Exception? cause = null) =>
            (null, new(null, null, code, message), cause);
    }

    private string? Problem(Step step)
    {
        if (!Aggregates!.TryGetValue(step.Aggregate, out var aggregate))
        {
            return step.Service is null ? $"The step '{step.Name}' goes to '{step.Aggregate}', which this host does not have." : null;
        }

        var unknown = step.KnownCommands.Select(command => LogicalName.Of(command.GetType()))
            .FirstOrDefault(name => !aggregate.Commands.ContainsKey(name));
        return unknown is null ? null : $"The step '{step.Name}' sends '{unknown}' to '{step.Aggregate}', which has no handler for it.";
    }
}

/// <summary>One version of a saga's definition.</summary>
/// <param name="Type">The user's class.</param>
/// <param name="Version">The version.</param>
/// <param name="Starts">What starts it, by full name: the command's type, and what makes the plan.</param>
internal sealed record SagaDefinition(Type Type, int Version, IReadOnlyDictionary<string, (Type Command, Func<object, Plan> Plan)> Starts)
{
    /// <exception cref="ModelException">The plan cannot be.</exception>
    public Plan PlanOf(string name, object command) =>
        Starts[name].Plan(command) ?? throw new ModelException($"{Type}.Handle({command.GetType().Name}) returned null; it returns InOrder(...).");

    public Plan PlanOf(string name, string json) => Starts.TryGetValue(name, out var start)
        ? PlanOf(name, JsonSerializer.Deserialize(json, start.Command, PhoenixJson.Message)!)
        : throw new ModelException($"{Type} has no Handle method for '{name}' any more.");
}
