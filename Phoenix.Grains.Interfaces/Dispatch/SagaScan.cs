using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.Dispatch;

/// <summary>Finds sagas and makes of each kind an aggregate whose rules are its plan.</summary>
internal static class SagaScan
{
    public static IEnumerable<AggregateModel?> In(IEnumerable<Type> types, List<string> problems) => types
        .Where(type => type.IsSubclassOf(typeof(Saga)))
        .GroupBy(type => AggregateContract.ArgumentOf(type, typeof(Saga<>))!)
        .Select(sagas => TryRead(sagas.Key, [.. sagas], problems));

    /// <summary>The answer to a second command that would start a transaction.</summary>
    public static Decision AlreadyStarted { get; } = Decision.Rejected(
        "already-started", "This transaction was started by another command. Start another one under an id of its own.");

    public static AggregateModel? TryRead(Type contractType, IReadOnlyCollection<Type> sagas, List<string> problems)
    {
        var before = problems.Count;
        var contract = AggregateContract.Read(contractType, problems);
        if (contract is not null && !contractType.IsDefined(typeof(TransactionAttribute), inherit: false))
            problems.Add($"{contractType} is the contract of a transaction. Put [Transaction(\"{contract.Name}\")] on it instead of [Aggregate].");
        var versions = sagas.Select(saga => Read(saga, contractType, problems)).ToList();
        foreach (var twins in versions.GroupBy(definition => definition.Version).Where(group => group.Count() > 1))
            problems.Add($"Version {twins.Key} of {contractType.Name} is defined by {string.Join(" and ", twins.Select(definition => definition.Type))}. Give the newer one [DefinitionVersion({twins.Key + 1})].");
        if (problems.Count > before) return null;
        var definitions = new SagaDefinitions(versions);
        return new AggregateModel(typeof(SagaState<>).MakeGenericType(definitions.Newest.Type), contract!,
            Handlers(definitions)) { Saga = definitions };
    }

    private static SagaDefinition Read(Type saga, Type contract, List<string> problems)
    {
        var version = saga.GetCustomAttribute<DefinitionVersionAttribute>()?.Version ?? 1;
        if (version < 1) problems.Add($"{saga} has a definition version below 1; versions count from 1.");
        if (saga.GetConstructor(Type.EmptyTypes) is null) problems.Add($"{saga} needs a public constructor without parameters.");
        var on = OutcomeHandler(saga, problems);
        var starts = new Dictionary<string, (Type, Func<object, Plan>)>();
        foreach (var method in saga.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(method => method.Name == "Handle"))
        {
            var place = $"{saga}.Handle({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
            if (!method.IsPublic || method.IsGenericMethod)
                problems.Add($"{place} is not a public method for one type, so nothing calls it.");
            else if ((method.ReturnType != typeof(Plan) && method.ReturnType != typeof(Next)) || method.GetParameters().Length != 1)
            {
                problems.Add($"{place} must be 'public Plan Handle(TCommand start)', or give Next: what is done follows from the command "
                    + "alone, or it could not be made again after a crash.");
            }
            else Add(method, place);
        }

        if (starts.Count == 0) problems.Add($"{saga} has no command that starts it. Add 'public Plan Handle(TCommand start)'.");
        return new(saga, version, starts);

        void Add(MethodInfo method, string place)
        {
            var command = method.GetParameters()[0].ParameterType;
            if (!typeof(ICommand<>).MakeGenericType(contract).IsAssignableFrom(command))
                problems.Add($"{place}: {command.Name} is no command of this transaction; let it implement ICommand<{contract.Name}>.");
            else if (HandlerScan.NameOf<CommandAttribute>(command, place, problems) is { } name && saga.GetConstructor(Type.EmptyTypes) is not null)
            {
                JsonShape.Check(command, JsonRole.Command, problems);
                if (!starts.TryAdd(name, (command, PlanOf(saga, method, on))))
                    problems.Add($"{place}: the name '{name}' is used twice. Names are unique.");
            }
        }
    }

    /// <summary>The method that takes outcomes of steps; null when the class declares its steps.</summary>
    private static MethodInfo? OutcomeHandler(Type saga, List<string> problems)
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        const string shape = "public Next On(StepOutcome outcome)";
        var isDynamic = saga.GetMethods(any).Any(method => method.Name == "Handle" && method.ReturnType == typeof(Next));
        var handlers = saga.GetMethods(any).Where(method => method.Name == "On").ToList();
        if (!isDynamic)
        {
            if (handlers.Count > 0)
                problems.Add($"{saga} has a method On that nothing calls: its steps are declared. Let Handle give Next, or leave On out.");
            return null;
        }

        if (handlers.Count == 0) problems.Add($"{saga} chooses its steps, and nobody handles their outcomes. Add '{shape}'.");
        problems.AddRange(handlers.Where(method => !IsOutcomeHandler(method)).Select(odd =>
            $"{saga}.On({string.Join(", ", odd.GetParameters().Select(parameter => parameter.ParameterType.Name))}) must be '{shape}'."));
        return handlers is [var handler] && IsOutcomeHandler(handler) ? handler : null;

        static bool IsOutcomeHandler(MethodInfo method) => method is { IsPublic: true, IsStatic: false, IsGenericMethod: false }
            && method.ReturnType == typeof(Next) && method.GetParameters() is [{ ParameterType: var only }] && only == typeof(StepOutcome);
    }

    private static Func<object, Plan> PlanOf(Type saga, MethodInfo method, MethodInfo? on)
    {
        var (definition, start) = (Expression.Parameter(typeof(object)), Expression.Parameter(typeof(object)));
        var create = Expression.Lambda<Func<object>>(Expression.New(saga)).Compile();
        var argument = Expression.Convert(start, method.GetParameters()[0].ParameterType);
        var call = Expression.Call(method.IsStatic ? null : Expression.Convert(definition, saga), method, argument);
        if (method.ReturnType == typeof(Plan))
        {
            var declared = Expression.Lambda<Func<object, object, Plan>>(call, definition, start).Compile();
            return command => declared(create(), command);
        }

        var begin = Expression.Lambda<Func<object, object, Next>>(call, definition, start).Compile();
        return command => new Plan(new Script(() =>
        {
            var chooser = create();
            return (begin(chooser, command), on!.CreateDelegate<Func<StepOutcome, Next>>(chooser));
        }));
    }

    private static HandlerScan Handlers(SagaDefinitions definitions)
    {
        var scan = new HandlerScan();
        foreach (var (name, (command, _)) in definitions.Newest.Starts)
            scan.Commands.Add(new(
                name, command, (state, start, context, _) => new(Start((SagaState)state, definitions, name, start, context))));
        scan.Commands.Add(new(KeepFact.Name, typeof(KeepFact), (_, fact, context, _) => new(Keep((KeepFact)fact, context))) { IsInternal = true });
        scan.Commands.Add(new(WakeTransaction.Name, typeof(WakeTransaction), (state, _, _, _) => new(Wake((SagaState)state))));
        scan.Queries.Add(new(GetTransaction.Name, typeof(GetTransaction), typeof(TransactionStatus), (state, _, _) => StoredStatus.Of((SagaState)state)));
        foreach (var (name, type) in SagaState.FactTypes) scan.Events.Add(new(name, type, (state, fact) => ((SagaState)state).Add((IEvent)fact)));
        return scan;
    }

    private static Decision Start(SagaState state, SagaDefinitions definitions, string name, object start, CommandContext context)
    {
        if (state.Facts.Count > 0) return AlreadyStarted;
        var plan = definitions.NewPlan(name, start);
        var json = JsonSerializer.Serialize(start, start.GetType(), PhoenixJson.Message);
        var started = new TransactionStarted(
            name, json, definitions.Newest.Version, plan.Fingerprint(), context.Now, context.ReplyAtEnd);
        return Decision.Accepted([started], reply: null).With(WakeTransaction.Timer);
    }

    // Whatever was stored meanwhile changes what is to be done: whoever thought of the fact thinks again.
    private static Decision Keep(KeepFact command, CommandContext context)
    {
        if (context.Version != command.Version) return Decision.Accepted([], KeepFact.Overtaken);
        var kept = Decision.Accepted([command.Fact], reply: null);
        return command.Fact switch
        {
            TransactionEnded => kept.With(WakeTransaction.NoTimer),
            TransactionNeedsAttention => kept.With(WakeTransaction.Reminder),
            TransactionResumed or StepSkipped => kept.With(WakeTransaction.Timer),
            _ => kept,
        };
    }

    private static Decision Wake(SagaState state) => state.Started is null || state.Ended is not null
        ? Decision.Rejected("not-running", "There is nothing to wake.")
        : Decision.Accepted([], reply: null);
}
