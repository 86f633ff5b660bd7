using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>Calls one <c>Handle</c> method.</summary>
public delegate ValueTask<Decision> CommandHandler(Aggregate aggregate, object command, CommandContext context, IServiceProvider services);

/// <summary>Calls one <c>Answer</c> method.</summary>
public delegate object? QueryHandler(Aggregate aggregate, object query, QueryContext context);

/// <summary>Calls one <c>Apply</c> method.</summary>
public delegate void EventHandler(Aggregate aggregate, object @event);

/// <summary>A command an aggregate decides.</summary>
/// <param name="Name">Its full logical name.</param>
/// <param name="Type">Its CLR type.</param>
/// <param name="Handle">Its handler, compiled once.</param>
public sealed record CommandDefinition(string Name, Type Type, CommandHandler Handle)
{
    /// <summary>True for what only the framework itself asks: no message from outside may name it.</summary>
    internal bool IsInternal { get; init; }
}

/// <summary>A query an aggregate answers.</summary>
/// <param name="Name">Its full logical name.</param>
/// <param name="Type">Its CLR type.</param>
/// <param name="AnswerType">The CLR type of its answers.</param>
/// <param name="Answer">Its handler, compiled once.</param>
public sealed record QueryDefinition(string Name, Type Type, Type AnswerType, QueryHandler Answer);

/// <summary>An event an aggregate applies.</summary>
/// <param name="Name">Its full logical name.</param>
/// <param name="Type">Its CLR type.</param>
/// <param name="Apply">Its handler, compiled once.</param>
public sealed record EventDefinition(string Name, Type Type, EventHandler Apply);
