namespace Phoenix.Model;

/// <summary>A command: a request to one aggregate, named with <see cref="CommandAttribute"/>. Usually a record.</summary>
/// <typeparam name="TAggregate">The aggregate whose <c>Handle</c> method decides it.</typeparam>
#pragma warning disable CA1040 // These interfaces tie a message to its aggregate at compile time.
public interface ICommand<TAggregate> where TAggregate : Aggregate;

/// <summary>A query: a question to one aggregate, answered from its state and never stored, named with <see cref="QueryAttribute"/>.</summary>
/// <typeparam name="TAggregate">The aggregate whose <c>Answer</c> method answers it.</typeparam>
/// <typeparam name="TAnswer">What it answers.</typeparam>
public interface IQuery<TAggregate, TAnswer> where TAggregate : Aggregate;

/// <summary>An event: a fact about one aggregate, named with <see cref="EventAttribute"/>. Usually a record. Stored for ever: choose its members with care.</summary>
public interface IEvent;
#pragma warning restore CA1040
