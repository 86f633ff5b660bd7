using System.Text.Json;
using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// What is stored of a transaction: the facts of its stream, in order. It is an aggregate whose rules are the plan, so that everything that
/// holds for commands and logs holds for transactions.
/// </summary>
public abstract class SagaState : Aggregate
{
    private static readonly Dictionary<string, Type> Types = new[]
    {
        typeof(TransactionStarted), typeof(StepAnswered), typeof(StepTriedAgain), typeof(StepClosing), typeof(TransactionTurnedBack),
        typeof(StepSkipped), typeof(TransactionNeedsAttention), typeof(TransactionResumed), typeof(TransactionReplyWanted),
        typeof(TransactionEnded),
    }.ToDictionary(LogicalName.Of);

    /// <summary>The facts, as a snapshot holds them.</summary>
    public IList<StoredFact> Facts { get; init; } = [];

    internal static IEnumerable<KeyValuePair<string, Type>> FactTypes => Types;

    internal TransactionStarted? Started => Facts is [var first, ..] ? (TransactionStarted)Of(first) : null;

    internal TransactionEnded? Ended => Facts is [.., { Name: TransactionEnded.Name } last] ? (TransactionEnded)Of(last) : null;

    internal void Add(IEvent fact) => Facts.Add(new(LogicalName.Of(fact.GetType()), JsonSerializer.Serialize(fact, fact.GetType(), PhoenixJson.State)));

    internal static IEvent Of(StoredFact fact) => (IEvent)JsonSerializer.Deserialize(fact.Json, Types[fact.Name], PhoenixJson.State)!;
}

/// <summary>The state of one kind of transaction.</summary>
/// <typeparam name="TSaga">Its newest definition.</typeparam>
public sealed class SagaState<TSaga> : SagaState where TSaga : Saga, new();

/// <summary>A stored event, by name.</summary>
/// <param name="Name">Its logical name.</param>
/// <param name="Json">The event.</param>
public sealed record StoredFact(string Name, string Json);

/// <summary>
/// The coordinator's own command: a fact to store if nothing was stored since it was thought of. It cannot be sent from outside.
/// </summary>
/// <param name="Fact">The fact.</param>
/// <param name="Version">The version it was thought of at.</param>
internal sealed record KeepFact(IEvent Fact, long Version)
{
    public const string Name = "phoenix.keep-fact";

    /// <summary>The reply when something was stored meanwhile.</summary>
    public const string Overtaken = "overtaken";
}

/// <summary>Asks how a transaction stands, as far as it is stored.</summary>
[Query(Name)]
internal sealed record GetTransaction
{
    public const string Name = "phoenix.get-transaction";
}
