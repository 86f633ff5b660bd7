using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Phoenix.Evolving;

namespace Phoenix.Dispatch;

/// <summary>
/// What a host reads otherwise than it is stored: names and versions that nothing writes any more. A name that is not here is read as it
/// is, at no cost.
/// </summary>
internal sealed class EventEvolution
{
    private readonly FrozenDictionary<string, FormerEvent> _former;
    private readonly IReadOnlyCollection<EvolutionRevision> _revisions;

    public EventEvolution(IEnumerable<FormerEvent> former, IReadOnlyCollection<EvolutionRevision> revisions, IReadOnlySet<Type> formerTypes)
    {
        _former = former.ToFrozenDictionary(one => one.StoredName, StringComparer.Ordinal);
        (_revisions, FormerTypes) = (revisions, formerTypes);
    }

    /// <summary>Nothing is read otherwise.</summary>
    public static EventEvolution None { get; } = new([], [], new HashSet<Type>());

    /// <summary>Every name that is read otherwise.</summary>
    public IReadOnlyCollection<FormerEvent> Former => _former.Values;

    /// <summary>Types that stored events are read as on the way to one of today.</summary>
    public IReadOnlySet<Type> FormerTypes { get; }

    /// <summary>How this stored name is read; null when it is read as it is, or not known.</summary>
    public FormerEvent? Find(string storedName) => _former.GetValueOrDefault(storedName);

    /// <summary>Names that an aggregate reads otherwise; those of retired events are of every aggregate whose rules retire them.</summary>
    public IEnumerable<FormerEvent> Of(AggregateModel model) => _former.Values
        .Where(one => one.Name is { } name
            ? model.Events.ContainsKey(name)
            : Touching(model).Any(rules => rules.Names.Contains(StoredName.Of(one.StoredName).Name)));

    /// <summary>
    /// A hash over everything that a snapshot's content depends on and that can be seen: the shape of the state, the events that are
    /// applied, how former ones become these, and the revision that the user counts.
    /// </summary>
    public string FingerprintOf(AggregateModel model)
    {
        var description = new StringBuilder(model.StateFingerprint);
        foreach (var name in model.Events.Keys.Order(StringComparer.Ordinal)) description.Append('\n').Append(name);
        foreach (var former in Of(model).OrderBy(one => one.StoredName, StringComparer.Ordinal))
            description.Append('\n').Append(former.StoredName).Append('>').Append(former.Name);
        foreach (var rules in Touching(model))
            description.Append("\n#").Append(rules.Revision.ToString(CultureInfo.InvariantCulture));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(description.ToString())).AsSpan(0, 8));
    }

    /// <summary>The classes whose rules this aggregate's events go through.</summary>
    public IEnumerable<EvolutionRevision> Touching(AggregateModel model)
    {
        var names = model.Events.Keys.Select(name => StoredName.Of(name).Name).ToHashSet(StringComparer.Ordinal);
        return _revisions.Where(rules => rules.Aggregate == model.Type || rules.Names.Overlaps(names))
            .OrderBy(rules => rules.Type.FullName, StringComparer.Ordinal);
    }
}

/// <summary>A class of rules, and which it is of those that were.</summary>
/// <param name="Type">The class.</param>
/// <param name="Aggregate">Whose events.</param>
/// <param name="Revision">What the user counts.</param>
/// <param name="Names">The logical names that its rules are about.</param>
internal sealed record EvolutionRevision(Type Type, Type Aggregate, int Revision, IReadOnlySet<string> Names);
