namespace Phoenix.Transactions;

/// <summary>
/// The version of a transaction's definition; 1 without it. Transactions that run go on by the definition they started with: when steps
/// change, keep the old class until the last of them has ended, and give the new class the next version. Starts take the highest.
/// </summary>
/// <param name="version">The version, from 1.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DefinitionVersionAttribute(int version) : Attribute
{
    /// <summary>The version.</summary>
    public int Version { get; } = version;
}
