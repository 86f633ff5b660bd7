using System.Reflection;
using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>Finds the handlers of an aggregate type and says what is wrong with them.</summary>
internal sealed class HandlerScan
{
    public List<CommandDefinition> Commands { get; } = [];
    public List<QueryDefinition> Queries { get; } = [];
    public List<EventDefinition> Events { get; } = [];

    public static HandlerScan Of(Type aggregate, Type contract, List<string> problems)
    {
        var scan = new HandlerScan();
        foreach (var method in aggregate.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (method.Name is not ("Handle" or "Apply" or "Answer") || method.DeclaringType == typeof(Aggregate)) continue;
            var place = $"{aggregate}.{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
            if (!method.IsPublic) problems.Add($"{place} is not public, so nothing calls it. Make it public.");
            else if (method.IsStatic || method.IsGenericMethod) problems.Add($"{place} is {(method.IsStatic ? "static" : "generic")}, so nothing calls it. Make it an instance method for one type.");
            else if (method.GetParameters() is []) problems.Add($"{place} has no parameter; the first one is the message it handles.");
            else if (method.Name == "Handle") scan.AddCommand(contract, method, place, problems);
            else if (method.Name == "Answer") scan.AddQuery(contract, method, place, problems);
            else scan.AddEvent(method, place, problems);
        }

        return scan;
    }

    private void AddCommand(Type contract, MethodInfo method, string place, List<string> problems)
    {
        var type = method.GetParameters()[0].ParameterType;
        if (!typeof(ICommand<>).MakeGenericType(contract).IsAssignableFrom(type))
            problems.Add($"{place}: {type.Name} is no command of this aggregate; let it implement ICommand<{contract.Name}>.");
        else if (method.ReturnType != typeof(Decision) && method.ReturnType != typeof(Task<Decision>) && method.ReturnType != typeof(ValueTask<Decision>))
            problems.Add($"{place} returns {method.ReturnType.Name}; expected Decision, Task<Decision> or ValueTask<Decision>.");
        else if (method.GetParameters().Skip(1).FirstOrDefault(IsNoService) is { } odd)
            problems.Add($"{place}: {odd.ParameterType.Name} {odd.Name} is no service; after the command come a CommandContext, a CancellationToken or services from the container.");
        else if (NameOf<CommandAttribute>(type, place, problems) is { } name && IsFirst(Commands.Select(other => (other.Name, other.Type)), name, type, place, problems))
            Commands.Add(new(name, type, HandlerCompiler.Command(method)));
    }

    private void AddQuery(Type contract, MethodInfo method, string place, List<string> problems)
    {
        var type = method.GetParameters()[0].ParameterType;
        var answer = type.GetInterfaces().FirstOrDefault(candidate =>
            candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IQuery<,>) && candidate.GetGenericArguments()[0] == contract)?.GetGenericArguments()[1];
        if (answer is null)
            problems.Add($"{place}: {type.Name} is no query of this aggregate; let it implement IQuery<{contract.Name}, TAnswer>.");
        else if (!answer.IsAssignableFrom(method.ReturnType))
            problems.Add($"{place} returns {method.ReturnType.Name}; {type.Name} promises {answer.Name}.");
        else if (method.GetParameters().Skip(1).Any(parameter => parameter.ParameterType != typeof(QueryContext)))
            problems.Add($"{place}: after the query an Answer method takes at most a QueryContext; it looks at state and nothing else.");
        else if (NameOf<QueryAttribute>(type, place, problems) is { } name && IsFirst(Queries.Select(other => (other.Name, other.Type)), name, type, place, problems))
            Queries.Add(new(name, type, answer, HandlerCompiler.Query(method)));
    }

    private void AddEvent(MethodInfo method, string place, List<string> problems)
    {
        var type = method.GetParameters()[0].ParameterType;
        if (!typeof(IEvent).IsAssignableFrom(type))
            problems.Add($"{place}: {type.Name} is no event; let it implement IEvent.");
        else if (method.ReturnType != typeof(void) || method.GetParameters().Length > 1)
            problems.Add($"{place} must be 'void Apply({type.Name} @event)': state changes by the event alone, or a replay gives another state.");
        else if (type.IsAbstract)
            problems.Add($"{place}: {type.Name} is abstract; events are stored and applied by their own type.");
        else if (NameOf<EventAttribute>(type, place, problems) is { } name && IsFirst(Events.Select(other => (other.Name, other.Type)), name, type, place, problems))
            Events.Add(new(name, type, HandlerCompiler.Event(method)));
    }

    private static bool IsNoService(ParameterInfo parameter) =>
        parameter.ParameterType != typeof(CancellationToken) && (parameter.ParameterType.IsValueType || parameter.ParameterType.IsByRef || parameter.ParameterType == typeof(string));

    internal static string? NameOf<TAttribute>(Type type, string place, List<string> problems) where TAttribute : VersionedAttribute
    {
        try
        {
            if (type.GetCustomAttribute<TAttribute>(inherit: false) is { Version: >= 1 } attribute) return attribute.FullName;
            if (type.IsDefined(typeof(TAttribute), inherit: false))
            {
                problems.Add($"{type} has a schema version below 1; versions count from 1.");
                return null;
            }

            problems.Add($"{place}: {type} has no logical name. Put [{typeof(TAttribute).Name.Replace("Attribute", "", StringComparison.Ordinal)}(\"domain.name\")] on it.");
        }
        catch (ModelException exception)
        {
            problems.Add($"{type}: {exception.Message}");
        }

        return null;
    }

    private static bool IsFirst(IEnumerable<(string Name, Type Type)> others, string name, Type type, string place, List<string> problems)
    {
        var twin = others.FirstOrDefault(other => other.Name == name || other.Type == type);
        if (twin.Type is null) return true;
        problems.Add(twin.Type == type
            ? $"{place}: a second method for {type.Name}. Keep one."
            : $"{place}: the name '{name}' belongs to {twin.Type} already. Names are unique.");
        return false;
    }
}
