using System.Text.Json.Nodes;
using Phoenix.Model;

namespace Phoenix.Evolving;

/// <summary>
/// Says how stored events of earlier builds are read by the rules of today. Nothing that is stored changes: an event keeps the name and
/// the version under which it was written, and is made a current one each time it is read. Derive from <see cref="Evolution{TAggregate}"/>.
/// </summary>
public abstract class Evolution
{
    private readonly List<Change> _changes = [];

    private protected Evolution() { }

    /// <summary>
    /// The revision of these rules, from 1 (default). Raise it when one of them gives another result than before: snapshots that were made
    /// with the old result are then not used any more. New rules need no raise; they are seen by themselves.
    /// </summary>
    public virtual int Revision => 1;

    /// <summary>The rules: calls of <c>Upcast</c>, <c>Rename</c> and <c>Retire</c>, in any order.</summary>
    protected abstract void Define();

    /// <summary>
    /// An event of version <paramref name="from"/> becomes one of the next version, JSON to JSON. Needs no type for the old version.
    /// </summary>
    /// <param name="name">The event's logical name, without version: <c>shop.account-opened</c>.</param>
    /// <param name="from">The version that is stored, from 1.</param>
    /// <param name="change">
    /// Changes the members in place. It must be pure: it runs at every reading, on any silo. What it throws makes the aggregate a broken
    /// one.
    /// </param>
    protected void Upcast(string name, int from, Action<JsonObject> change)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(change);
        _changes.Add(new JsonUpcast(name, from, change));
    }

    /// <summary>An event of one version becomes one of the next, type to type. The types' attributes tell name and versions.</summary>
    /// <typeparam name="TOld">The version that is stored. Nothing writes it any more, and no rule applies it.</typeparam>
    /// <typeparam name="TNew">The next version of the same name.</typeparam>
    /// <param name="change">Makes the new event. It must be pure, and gives an event, not null.</param>
    protected void Upcast<TOld, TNew>(Func<TOld, TNew> change) where TOld : class, IEvent where TNew : class, IEvent
    {
        ArgumentNullException.ThrowIfNull(change);
        _changes.Add(new TypeUpcast(typeof(TOld), typeof(TNew), old => change((TOld)old)));
    }

    /// <summary>
    /// An event has another name now. All versions that it had go on under the new name: version 2 of the old one is version 2 of the new
    /// one, and what leads on from there is told under the new name.
    /// </summary>
    /// <param name="from">The old name, without version. No event may have it again.</param>
    /// <param name="to">The name of today, without version.</param>
    protected void Rename(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        _changes.Add(new Renaming(from, to));
    }

    /// <summary>
    /// Nothing depends on this event any more: it is read over, and neither rules nor read models see it. Its name is taken for ever. An
    /// event that is no longer written but still says something about the state is none of these: keep its type and its <c>Apply</c>.
    /// </summary>
    /// <param name="name">The event's logical name, without version.</param>
    /// <param name="versions">How many versions of it were written. Default 1.</param>
    protected void Retire(string name, int versions = 1)
    {
        ArgumentNullException.ThrowIfNull(name);
        _changes.Add(new Retirement(name, versions));
    }

    /// <summary>The rules that this object defines.</summary>
    internal IReadOnlyList<Change> Changes()
    {
        _changes.Clear();
        Define();
        return [.. _changes];
    }
}

/// <summary>
/// How stored events of one kind of aggregate are read. A host finds the class in the assemblies of its domain; it needs a public
/// constructor without parameters. An aggregate may have several. What is wrong with the rules ends the start of the host, all at once.
/// </summary>
/// <typeparam name="TAggregate">The rules that apply the events.</typeparam>
public abstract class Evolution<TAggregate> : Evolution where TAggregate : Aggregate;
