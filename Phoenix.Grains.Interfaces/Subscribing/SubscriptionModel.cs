using System.Reflection;

namespace Phoenix.Subscribing;

/// <summary>A subscription's class, found and checked.</summary>
internal sealed class SubscriptionModel
{
    private readonly Subscription _rules;

    private SubscriptionModel(Type type, SubscriptionAttribute named, Subscription rules) => (Type, Named, _rules) = (type, named, rules);

    public Type Type { get; }

    public SubscriptionAttribute Named { get; }

    /// <summary>One that is at hand.</summary>
    public static SubscriptionModel Of(SubscriptionAttribute named, Subscription rules) => new(rules.GetType(), named, rules);

    /// <summary>The name of a subscription's class.</summary>
    /// <exception cref="ModelException">It has none.</exception>
    public static string NameOf(Type type) => type.GetCustomAttribute<SubscriptionAttribute>()?.Name
        ?? throw new ModelException($"{type} has no name. Add [Subscription(\"domain.name\", Topic = \"...\")].");

    /// <returns>Null when something is wrong, which is added to the problems.</returns>
    public static SubscriptionModel? TryRead(Type type, List<string> problems)
    {
        try
        {
            if (type.GetCustomAttribute<SubscriptionAttribute>() is not { } named)
            {
                // One without a name that nobody outside can see is a part of something else.
                if (type.IsVisible) problems.Add($"{type} has no name. Add [Subscription(\"domain.name\", Topic = \"...\")].");
            }
            else if (type.GetConstructor(Type.EmptyTypes) is null)
                problems.Add(
                    $"{type} has no public constructor without parameters. A subscription is pure: it needs nothing from outside.");
            else return Of(named, (Subscription)Activator.CreateInstance(type)!);
        }
        catch (ModelException exception)
        {
            problems.Add($"{type}: {exception.Message}");
        }

        return null;
    }

    /// <summary>What tells the record's message from others; null: its place.</summary>
    /// <param name="record">The record.</param>
    public string? MessageId(ForeignRecord record) => _rules.MessageId(record) is { Length: > 0 } id ? id : null;

    /// <summary>The commands of a record.</summary>
    /// <exception cref="UnusableRecordException">The record is of no use, or becomes too many commands.</exception>
    /// <exception cref="InvalidOperationException">The class gives nonsense.</exception>
    public IReadOnlyList<IncomingCommand> Convert(ForeignRecord record)
    {
        var commands = new List<IncomingCommand>();
        foreach (var command in _rules.Convert(record)
            ?? throw new InvalidOperationException($"{Type} returns null; return an empty list where a record is nothing to it."))
        {
            if (commands.Count == Subscription.MaxCommands)
                throw new UnusableRecordException($"The record becomes more than {Subscription.MaxCommands} commands.");
            commands.Add(command ?? throw new InvalidOperationException($"{Type} returns null as command {commands.Count}."));
        }

        return commands;
    }
}
