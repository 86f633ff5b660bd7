using Phoenix.Evolving;

namespace Phoenix.Dispatch;

/// <summary>
/// Holds the rules of all classes together against the events of today: each version that was ever stored leads to an event that is
/// applied, in one way, and each name means one thing.
/// </summary>
internal sealed class EvolutionCheck
{
    private readonly EvolutionScan _rules;
    private readonly List<string> _problems;

    // By logical name, the versions that are applied as they are stored, each with its type and one who applies it.
    private readonly Dictionary<string, SortedDictionary<int, (Type Type, Type Aggregate)>> _applied = new(StringComparer.Ordinal);

    public EvolutionCheck(EvolutionScan rules, IReadOnlyCollection<AggregateModel> aggregates, List<string> problems)
    {
        (_rules, _problems) = (rules, problems);
        foreach (var model in aggregates)
        {
            foreach (var definition in model.Events.Values)
            {
                var name = StoredName.Of(definition.Name);
                if (!_applied.TryGetValue(name.Name, out var versions)) _applied.Add(name.Name, versions = []);
                versions[name.Version] = (definition.Type, model.Type);
            }
        }
    }

    /// <summary>How everything is read that is not read as it is stored.</summary>
    public IReadOnlyList<FormerEvent> Run()
    {
        var before = _problems.Count;
        CheckSteps();
        CheckVersions();
        CheckRenames();
        CheckRetired();
        return _problems.Count == before ? [.. Build()] : [];
    }

    private void CheckSteps()
    {
        foreach (var (from, (by, step)) in _rules.Steps)
        {
            if (!_applied.TryGetValue(from.Name, out var versions))
            {
                _problems.Add(_rules.Renamed.TryGetValue(from.Name, out var renamed)
                    ? $"{by}: '{from.Name}' is called '{renamed.To}' now. Tell its upcasters under that name."
                    : $"{by}: no aggregate of this host applies an event '{from.Name}', so nothing can become of it.");
                continue;
            }

            var newest = versions.Keys.Max();
            var following = from.Version + 1;
            if (from.Version >= newest)
                _problems.Add($"{by}: '{from.Name}' has no version {following} to become; {versions[newest].Type} is version {newest}.");
            else if (versions.TryGetValue(from.Version, out var applied))
            {
                _problems.Add($"{by}: version {from.Version} of '{from.Name}' becomes version {following} when it is read, "
                    + $"so nothing calls {applied.Aggregate}.Apply({applied.Type.Name}). Take one of the two away.");
            }
            else if (step.Types is { } types && NextType(versions, from) is { } next && next != types.New)
            {
                _problems.Add($"{by}: the upcaster of '{from.Name}' from version {from.Version} makes {types.New}, "
                    + $"and version {following} is {next}. Let it make that.");
            }
        }
    }

    private Type? NextType(SortedDictionary<int, (Type Type, Type Aggregate)> versions, StoredName stored) =>
        versions.TryGetValue(stored.Version + 1, out var applied) ? applied.Type
        : _rules.Steps.TryGetValue(new(stored.Name, stored.Version + 1), out var next) ? next.Step.Types?.Old
        : null;

    private void CheckVersions()
    {
        foreach (var (name, versions) in _applied)
        {
            var newest = versions.Keys.Max();
            for (var version = 1; version < newest; version++)
            {
                if (versions.ContainsKey(version) || _rules.Steps.ContainsKey(new(name, version))) continue;
                _problems.Add($"'{name}' is of version {newest}, and nothing reads version {version}: stored events of it would break "
                    + $"their aggregates. Add Upcast(\"{name}\", from: {version}, ...) to an Evolution<{versions[newest].Aggregate.Name}>.");
            }
        }
    }

    private void CheckRenames()
    {
        foreach (var (from, (by, to)) in _rules.Renamed)
        {
            if (_applied.TryGetValue(from, out var given))
            {
                _problems.Add($"{by}: the name '{from}' is used twice: it is renamed to '{to}', and {given.Values.Last().Type} has it. "
                    + "An old name is never given again.");
            }
            else if (TargetOf(from) is not { } target)
                _problems.Add($"{by}: '{from}' is renamed in a circle.");
            else if (!_applied.ContainsKey(target))
                _problems.Add($"{by}: '{from}' is renamed to '{target}', and no aggregate of this host applies an event of this name.");
        }
    }

    private void CheckRetired()
    {
        foreach (var (name, (by, _)) in _rules.Retired)
        {
            if (_applied.TryGetValue(name, out var versions))
            {
                _problems.Add($"{by}: the name '{name}' is used twice: it is retired, and {versions.Values.Last().Type} has it. "
                    + "A retired name is never given again.");
            }

            if (_rules.Renamed.TryGetValue(name, out var renamed))
            {
                _problems.Add(
                    $"{by}: the name '{name}' is used twice: it is retired, and renamed to '{renamed.To}'. Take one of the two away.");
            }
        }
    }

    /// <summary>The name at the end of all renames; null when there is no end.</summary>
    private string? TargetOf(string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (_rules.Renamed.TryGetValue(name, out var next))
        {
            if (!seen.Add(name)) return null;
            name = next.To;
        }

        return name;
    }

    private IEnumerable<FormerEvent> Build()
    {
        foreach (var (name, versions) in _applied)
        {
            for (var version = 1; version < versions.Keys.Max(); version++)
            {
                if (!versions.ContainsKey(version)) yield return Chain(new(name, version), name);
            }
        }

        foreach (var old in _rules.Renamed.Keys)
        {
            var target = TargetOf(old)!;
            for (var version = 1; version <= _applied[target].Keys.Max(); version++) yield return Chain(new(old, version), target);
        }

        foreach (var (name, (_, count)) in _rules.Retired)
        {
            for (var version = 1; version <= count; version++) yield return new(new(name, version), typeof(RetiredEvent), []);
        }
    }

    /// <summary>From a stored version over all that follow to the first that is applied as it is.</summary>
    private FormerEvent Chain(StoredName stored, string name)
    {
        var steps = new List<EvolutionStep>();
        var version = stored.Version;
        for (; !_applied[name].ContainsKey(version); version++) steps.Add(_rules.Steps[new(name, version)].Step);
        return new(stored, _applied[name][version].Type, steps);
    }
}
