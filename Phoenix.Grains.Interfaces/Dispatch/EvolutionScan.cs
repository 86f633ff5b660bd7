using System.Reflection;
using Phoenix.Evolving;
using Phoenix.Model;

namespace Phoenix.Dispatch;

/// <summary>Finds the classes that say how stored events are read, and collects their rules.</summary>
internal sealed class EvolutionScan(IReadOnlyCollection<AggregateModel> aggregates, List<string> problems)
{
    private readonly List<EvolutionRevision> _revisions = [];

    /// <summary>The upcasters by the version that they take, each with the class that it stands in.</summary>
    public Dictionary<StoredName, (Type By, EvolutionStep Step)> Steps { get; } = [];

    /// <summary>New names by old ones.</summary>
    public Dictionary<string, (Type By, string To)> Renamed { get; } = new(StringComparer.Ordinal);

    /// <summary>How many versions there were of retired events.</summary>
    public Dictionary<string, (Type By, int Versions)> Retired { get; } = new(StringComparer.Ordinal);

    /// <summary>Old types that are read on the way to one of today.</summary>
    public HashSet<Type> FormerTypes { get; } = [];

    /// <summary>What the classes among these types say.</summary>
    /// <param name="types">Types of the assemblies that hold the rules.</param>
    /// <param name="aggregates">The aggregates whose events there are.</param>
    /// <param name="problems">Takes all that is wrong.</param>
    public static EventEvolution Of(IEnumerable<Type> types, IReadOnlyCollection<AggregateModel> aggregates, List<string> problems)
    {
        var before = problems.Count;
        var scan = new EvolutionScan(aggregates, problems);
        foreach (var type in types.Where(IsEvolution)) scan.Take(type);
        var former = new EvolutionCheck(scan, aggregates, problems).Run();
        return new(problems.Count == before ? former : [], scan._revisions, scan.FormerTypes);
    }

    /// <summary>Whether this is a class with rules.</summary>
    public static bool IsEvolution(Type type) =>
        type is { IsAbstract: false, ContainsGenericParameters: false } && type.IsSubclassOf(typeof(Evolution));

    private void Take(Type type)
    {
        var aggregate = AggregateContract.ArgumentOf(type, typeof(Evolution<>))!;
        if (aggregates.FirstOrDefault(model => model.Type == aggregate) is null)
            problems.Add($"{type} is about events of {aggregate}, which is no aggregate of this host. Load its assembly, too.");
        else if (type.GetConstructor(Type.EmptyTypes) is null)
        {
            problems.Add(
                $"{type} has no public constructor without parameters. How events are read is pure: it needs nothing from outside.");
        }
        else Take(type, aggregate);
    }

    private void Take(Type type, Type aggregate)
    {
        try
        {
            var evolution = (Evolution)Activator.CreateInstance(type)!;
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var change in evolution.Changes()) Add(type, change, names);
            if (evolution.Revision < 1) problems.Add($"{type} has the revision {evolution.Revision}; revisions count from 1.");
            _revisions.Add(new(type, aggregate, evolution.Revision, names));
        }
        catch (Exception exception)
        {
            var cause = exception is TargetInvocationException { InnerException: { } thrown } ? thrown : exception;
            problems.Add($"{type} cannot say how events are read: {cause.Message}");
        }
    }

    private void Add(Type by, Change change, HashSet<string> names)
    {
        switch (change)
        {
            case JsonUpcast json when IsName(by, json.Name):
                if (json.From < 1) problems.Add($"{by}: '{json.Name}' has no version {json.From}; versions count from 1.");
                else AddStep(by, new(json.Name, json.From), new(json.From, json.Change, null), names);
                break;
            case TypeUpcast types:
                Add(by, types, names);
                break;
            case Renaming renaming when IsName(by, renaming.From) && IsName(by, renaming.To):
                names.Add(renaming.To);
                if (!Renamed.TryAdd(renaming.From, (by, renaming.To)))
                {
                    problems.Add(
                        $"{by}: '{renaming.From}' is renamed twice, to '{Renamed[renaming.From].To}' and to '{renaming.To}'. Keep one.");
                }

                break;
            case Retirement retirement when IsName(by, retirement.Name):
                names.Add(retirement.Name);
                if (retirement.Versions < 1)
                    problems.Add($"{by}: '{retirement.Name}' had at least 1 version; found {retirement.Versions}.");
                else if (!Retired.TryAdd(retirement.Name, (by, retirement.Versions)))
                    problems.Add($"{by}: '{retirement.Name}' is retired twice. Keep one.");
                break;
        }
    }

    private void Add(Type by, TypeUpcast types, HashSet<string> names)
    {
        // What comes out may be of an old version, too, where the next step is of JSON.
        Type[] former = [types.Old, .. aggregates.Any(model => model.Applies(types.New)) ? Type.EmptyTypes : [types.New]];
        FormerTypes.UnionWith(former);
        var place = $"{by}: Upcast<{types.Old.Name}, {types.New.Name}>";
        if (HandlerScan.NameOf<EventAttribute>(types.Old, place, problems) is not { } full
            || HandlerScan.NameOf<EventAttribute>(types.New, place, problems) is not { } next) return;
        var (from, to) = (StoredName.Of(full), StoredName.Of(next));
        if (from.Name != to.Name)
        {
            problems.Add($"{place} leads from '{from.Name}' to '{to.Name}'. An upcaster keeps the name: give {types.Old.Name} the name of "
                + $"today, and add Rename(\"{from.Name}\", \"{to.Name}\").");
        }
        else if (to.Version != from.Version + 1)
        {
            problems.Add($"{place} leads from version {from.Version} to {to.Version}. "
                + "An upcaster leads to the next version; the others follow from it.");
        }
        else
        {
            foreach (var type in former) JsonShape.Check(type, JsonRole.Event, problems);
            AddStep(by, from, new(from.Version, null, types), names);
        }
    }

    private void AddStep(Type by, StoredName from, EvolutionStep step, HashSet<string> names)
    {
        names.Add(from.Name);
        if (Steps.TryAdd(from, (by, step))) return;
        var first = Steps[from].By;
        var other = first == by ? "" : $", the other one in {first}";
        problems.Add($"{by}: there are two upcasters of '{from.Name}' from version {from.Version}{other}. Keep one.");
    }

    private bool IsName(Type by, string name)
    {
        if (LogicalName.IsValid(name)) return true;
        problems.Add($"{by}: '{name}' is no logical name of an event. Leave out the version: it is told beside the name.");
        return false;
    }
}
