namespace Phoenix.Gateway.ReadModels;

/// <summary>A column as PostgreSQL's catalog has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeName">The name of its type, or of the type below its domain.</param>
/// <param name="IsNotNull">Whether it is declared so; never for a view.</param>
/// <param name="IsIndexed">Whether an index begins with it; also for a view, of which nobody knows.</param>
/// <param name="IsUnique">Whether it alone is unique; also for a view.</param>
/// <param name="Labels">The values of an enumeration; empty for others.</param>
internal sealed record ModelColumn(
    string Name, string TypeName, bool IsNotNull, bool IsIndexed, bool IsUnique, IReadOnlyCollection<string> Labels)
{
    /// <summary>How its values are written in a filter; null when it can have none.</summary>
    public ColumnType? Type { get; } = ColumnType.Of(TypeName, Labels);
}
