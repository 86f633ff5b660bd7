using System.Text;
using Phoenix.Json;
using Phoenix.Subscribing;

namespace Phoenix.TestKit;

/// <summary>
/// A converter in memory: given a record, then these commands.
/// <code>
/// SubscriptionSpecification.For&lt;IncomingPayments&gt;()
///     .Given("""{"account":"ann","amount":5}""")
///     .ThenCommands(IncomingCommand.To("ann", new Deposit(5)));
/// </code>
/// </summary>
public static class SubscriptionSpecification
{
    /// <summary>Starts a specification of a subscription.</summary>
    /// <exception cref="ModelException">The subscription would not pass the checks of a host; the message lists all mistakes.</exception>
    public static SubscriptionSpecification<TSubscription> For<TSubscription>() where TSubscription : Subscription
    {
        var problems = new List<string>();
        return new(SubscriptionModel.TryRead(typeof(TSubscription), problems)
            ?? throw new ModelException(string.Join(Environment.NewLine,
            problems.DefaultIfEmpty($"{typeof(TSubscription)} has no name. Add [Subscription(\"domain.name\", Topic = \"...\")]."))),
            new());
    }
}

/// <summary>A record that is given, and what must become of it. It never changes: each step returns a new one.</summary>
/// <typeparam name="TSubscription">The subscription under test.</typeparam>
public sealed class SubscriptionSpecification<TSubscription> where TSubscription : Subscription
{
    private readonly SubscriptionModel _model;
    private readonly ForeignRecord _record;

    internal SubscriptionSpecification(SubscriptionModel model, ForeignRecord record) => (_model, _record) = (model, record);

    /// <summary>A record with everything that the converter looks at.</summary>
    public SubscriptionSpecification<TSubscription> Given(ForeignRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new(_model, record);
    }

    /// <summary>A record with this text as its value.</summary>
    /// <param name="value">The value; null for a tombstone.</param>
    /// <param name="key">The key, or null for none.</param>
    public SubscriptionSpecification<TSubscription> Given(string? value, string? key = null) =>
        Given(new ForeignRecord { Value = Bytes(value), Key = Bytes(key) });

    /// <summary>The record becomes exactly these commands, in this order; compared as JSON.</summary>
    /// <exception cref="SpecificationException">It does not, or not the same every time, or a command does not survive JSON.</exception>
    public SubscriptionSpecification<TSubscription> ThenCommands(params IncomingCommand[] commands)
    {
        ArgumentNullException.ThrowIfNull(commands);
        IReadOnlyList<IncomingCommand> found;
        try
        {
            found = Convert();
        }
        catch (UnusableRecordException unusable)
        {
            throw new SpecificationException($"Expected:{Lines(commands)}\nFound: the record is unusable: {unusable.Message}", unusable);
        }

        return commands.Length == found.Count && commands.Zip(found).All(pair => AreSame(pair.First, pair.Second))
            ? this
            : throw new SpecificationException($"Expected:{Lines(commands)}\nFound:{Lines(found)}");
    }

    /// <summary>What tells the record's message from all others; null when each record is a message of its own.</summary>
    /// <exception cref="SpecificationException">It is another, or not the same every time.</exception>
    public SubscriptionSpecification<TSubscription> ThenMessageId(string? expected)
    {
        var (once, again) = (_model.MessageId(_record), _model.MessageId(_record));
        if (once != again)
            throw new SpecificationException($"A message has one id, however often it is asked for. First: {Id(once)}\nThen: {Id(again)}");
        return once == expected ? this : throw new SpecificationException($"Expected: {Id(expected)}\nFound: {Id(once)}");
    }

    /// <summary>The record is nothing to the subscription.</summary>
    /// <exception cref="SpecificationException">It becomes commands.</exception>
    public SubscriptionSpecification<TSubscription> ThenNothing() => ThenCommands();

    /// <summary>The record is of no use and goes to the dead letters.</summary>
    /// <param name="message">A part of what the dead letter says; null for anything.</param>
    /// <exception cref="SpecificationException">It becomes commands, or the message is another.</exception>
    public SubscriptionSpecification<TSubscription> ThenUnusable(string? message = null)
    {
        try
        {
            throw new SpecificationException($"Expected: the record is unusable\nFound:{Lines(Convert())}");
        }
        catch (UnusableRecordException unusable)
        {
            return message is null || unusable.Message.Contains(message, StringComparison.Ordinal)
                ? this
                : throw new SpecificationException(
                    $"Expected: the record is unusable, and the message has '{message}'\nFound: {unusable.Message}", unusable);
        }
    }

    private IReadOnlyList<IncomingCommand> Convert()
    {
        var once = _model.Convert(_record);
        foreach (var command in once) RoundTrip.Of(command.Command, PhoenixJson.Message, "The command");
        var again = _model.Convert(_record);
        return once.Count == again.Count && once.Zip(again).All(pair => AreSame(pair.First, pair.Second))
            ? once
            : throw new SpecificationException(
                $"A converter gives the same for the same record, which may come again. First:{Lines(once)}\nThen:{Lines(again)}");
    }

    private static string Id(string? id) => id is null ? "no message id" : $"the message id '{id}'";

    private static bool AreSame(IncomingCommand one, IncomingCommand other) =>
        (one.Aggregate, one.Id, one.Tag, one.CorrelationId, one.Command.GetType()) == (
            other.Aggregate, other.Id, other.Tag, other.CorrelationId, other.Command.GetType())
        && JsonDifference.Between(Text.AsElement(one.Command), Text.AsElement(other.Command)).Count == 0;

    private static string Lines(IReadOnlyCollection<IncomingCommand> commands) =>
        commands.Count == 0 ? "\n  no commands" : Text.Lines(commands.Select(Line));

    private static string Line(IncomingCommand command) =>
        $"{Target(command)}: {Text.Of(command.Command)}"
        + (command.CorrelationId is { } correlation ? $" ({correlation})" : "");

    private static string Target(IncomingCommand command) => (command.Tag, command.Id) switch
    {
        ({ } tag, "") => $"all {command.Aggregate} behind '{tag}'",
        ({ } tag, var id) => $"{command.Aggregate}/{id} if behind '{tag}'",
        _ => $"{command.Aggregate}/{command.Id}",
    };

    private static ReadOnlyMemory<byte>? Bytes(string? text) => text is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(text);
}
