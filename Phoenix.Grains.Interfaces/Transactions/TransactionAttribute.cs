using Phoenix.Model;

namespace Phoenix.Transactions;

/// <summary>
/// Makes a grain interface the contract of a kind of transaction and names the kind, for example <c>shop.transfer</c>. Streams, grains and
/// topics carry this name.
/// </summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class TransactionAttribute(string name) : AggregateAttribute(name);
