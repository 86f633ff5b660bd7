namespace Phoenix.Model;

/// <summary>Gives a type the logical name under which it is stored and sent; CLR names never leave the process.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class NamedAttribute : Attribute
{
    private protected NamedAttribute(string name) => Name = LogicalName.Checked(name);

    /// <summary>
    /// The logical name: a lower-case letter, then up to 63 lower-case letters, digits, dots or dashes; by convention <c>domain.name</c>.
    /// </summary>
    public string Name { get; }
}

/// <summary>
/// Makes a grain interface the contract of a kind of aggregate and names the kind, for example <c>shop.account</c>. Streams, grains and
/// topics carry this name.
/// </summary>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public class AggregateAttribute(string name) : NamedAttribute(name);

/// <summary>A named message with a schema version.</summary>
public abstract class VersionedAttribute : NamedAttribute
{
    private protected VersionedAttribute(string name) : base(name) { }

    /// <summary>The schema version, from 1 (default). Versions above 1 appear as a suffix: <c>shop.withdraw_v2</c>.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The name with its version suffix, as it is stored and sent.</summary>
    public string FullName => FullNameOf(Name, Version);

    internal static string FullNameOf(string name, int version) => version == 1 ? name : $"{name}_v{version}";
}

/// <summary>Names a command, for example <c>shop.withdraw</c>.</summary>
public sealed class CommandAttribute(string name) : VersionedAttribute(name);

/// <summary>Names an event, for example <c>shop.money-withdrawn</c>.</summary>
public sealed class EventAttribute(string name) : VersionedAttribute(name);

/// <summary>Names a query, for example <c>shop.get-account</c>.</summary>
public sealed class QueryAttribute(string name) : VersionedAttribute(name);
