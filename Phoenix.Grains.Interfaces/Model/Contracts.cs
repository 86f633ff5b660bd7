namespace Phoenix.Model;

/// <summary>A command: a request to one aggregate, named with <see cref="CommandAttribute"/>. Usually a record.</summary>
/// <typeparam name="TContract">The contract of the aggregate that decides it, such as <c>IAccountGrain</c>.</typeparam>
#pragma warning disable CA1040 // These interfaces tie a message to its aggregate at compile time.
public interface ICommand<TContract> where TContract : IAggregateGrain;

/// <summary>
/// A query: a question to one aggregate, answered from its state and never stored, named with <see cref="QueryAttribute"/>.
/// </summary>
/// <typeparam name="TContract">The contract of the aggregate that answers it.</typeparam>
/// <typeparam name="TAnswer">What it answers.</typeparam>
public interface IQuery<TContract, TAnswer> where TContract : IAggregateGrain;

/// <summary>
/// An event: a fact about one aggregate, named with <see cref="EventAttribute"/>. Usually a record. Stored for ever: choose its members
/// with care.
/// </summary>
public interface IEvent;
#pragma warning restore CA1040
