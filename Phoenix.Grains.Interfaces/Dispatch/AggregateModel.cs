using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using Phoenix.Evolving;
using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>What the framework knows about one kind of aggregate: its name and its handlers, found and checked once.</summary>
public sealed class AggregateModel
{
    private readonly Dictionary<Type, CommandDefinition> _commandsByType;
    private readonly Dictionary<Type, QueryDefinition> _queriesByType;
    private readonly Dictionary<Type, EventDefinition> _eventsByType;
    private readonly Func<Aggregate> _create;

    internal AggregateModel(Type type, AggregateContract contract, HandlerScan scan)
    {
        Type = type;
        Contract = contract.Type;
        Name = contract.Name;
        SnapshotVersion = type.GetCustomAttribute<SnapshotVersionAttribute>()?.Version ?? 1;
        _commandsByType = scan.Commands.ToDictionary(command => command.Type);
        _queriesByType = scan.Queries.ToDictionary(query => query.Type);
        _eventsByType = scan.Events.ToDictionary(@event => @event.Type);
        Commands = scan.Commands.ToDictionary(command => command.Name);
        Queries = scan.Queries.ToDictionary(query => query.Name);
        Events = scan.Events.ToDictionary(@event => @event.Name);
        _create = Expression.Lambda<Func<Aggregate>>(Expression.New(type)).Compile();
        StateFingerprint = JsonShape.Fingerprint(type);
    }

    /// <summary>The logical name, for example <c>shop.account</c>.</summary>
    public string Name { get; }

    /// <summary>The CLR type of the rules.</summary>
    public Type Type { get; }

    /// <summary>The grain interface that callers use.</summary>
    public Type Contract { get; }

    /// <summary>The snapshot version the user set (default 1).</summary>
    public int SnapshotVersion { get; }

    /// <summary>A hash over the names and types of everything a snapshot of this state holds: another shape, another fingerprint.</summary>
    public string StateFingerprint { get; }

    /// <summary>
    /// A hash over everything that can be seen of what a snapshot's content follows from: the shape of the state, the events, and how
    /// stored ones of earlier builds are read.
    /// </summary>
    internal string SnapshotFingerprint { get; set; } = "";

    /// <summary>The commands it decides, by full name.</summary>
    public IReadOnlyDictionary<string, CommandDefinition> Commands { get; }

    /// <summary>The queries it answers, by full name.</summary>
    public IReadOnlyDictionary<string, QueryDefinition> Queries { get; }

    /// <summary>The definitions of the transaction; null for an aggregate that is none.</summary>
    internal SagaDefinitions? Saga { get; init; }

    /// <summary>The events it applies, by full name.</summary>
    public IReadOnlyDictionary<string, EventDefinition> Events { get; }

    /// <summary>A new aggregate in its initial state.</summary>
    public Aggregate Create() => _create();

    /// <summary>The definition of this command type, if the aggregate decides it.</summary>
    public bool TryGetCommand(Type type, [MaybeNullWhen(false)] out CommandDefinition definition) => _commandsByType.TryGetValue(type, out definition);

    /// <summary>The definition of this query type, if the aggregate answers it.</summary>
    public bool TryGetQuery(Type type, [MaybeNullWhen(false)] out QueryDefinition definition) => _queriesByType.TryGetValue(type, out definition);

    /// <summary>Whether it has an <c>Apply</c> method for this type.</summary>
    internal bool Applies(Type type) => _eventsByType.ContainsKey(type);

    /// <summary>Changes the state by one event.</summary>
    /// <exception cref="ModelException">The aggregate has no <c>Apply</c> method for the event's type.</exception>
    public void Apply(Aggregate aggregate, object @event)
    {
        if (!_eventsByType.TryGetValue(@event.GetType(), out var definition))
        {
            if (@event is RetiredEvent) return;
            throw new ModelException($"{Type} has no Apply method for {@event.GetType()}. Every event of an aggregate needs a public 'void Apply({@event.GetType().Name} @event)'.");
        }

        definition.Apply(aggregate, @event);
    }

    /// <summary>Reads an aggregate type.</summary>
    /// <exception cref="ModelException">Something is wrong with the type; the message lists everything that is.</exception>
    public static AggregateModel Of(Type type)
    {
        var problems = new List<string>();
        var model = TryRead(type, problems);
        return model ?? throw ModelProblems.AsException(problems);
    }

    internal static AggregateModel? TryRead(Type type, List<string> problems)
    {
        var before = problems.Count;
        if (AggregateContract.TypeOf(type) is not { } contractType)
        {
            problems.Add($"{type} is no aggregate: derive it from Aggregate<TContract>.");
            return null;
        }

        var contract = AggregateContract.Read(contractType, problems);
        if (type.IsAbstract || type.GetConstructor(Type.EmptyTypes) is null) problems.Add($"{type} needs a public constructor without parameters, and must not be abstract.");
        var scan = HandlerScan.Of(type, contractType, problems);
        if (contract is not null) JsonShape.Check(type, JsonRole.Snapshot, problems);
        foreach (var @event in scan.Events) JsonShape.Check(@event.Type, JsonRole.Event, problems);
        foreach (var command in scan.Commands) JsonShape.Check(command.Type, JsonRole.Command, problems);
        foreach (var query in scan.Queries)
        {
            JsonShape.Check(query.Type, JsonRole.Query, problems);
            JsonShape.Check(query.AnswerType, JsonRole.Answer, problems);
        }

        if (problems.Count == before) InitialState.Check(type, problems);
        return problems.Count > before ? null : new AggregateModel(type, contract!, scan);
    }
}
