namespace Phoenix.Gateway.ReadModels;

/// <summary>
/// One column that rows are ordered by. Null counts as greater than everything, which is PostgreSQL's own order and that of its indexes.
/// </summary>
internal sealed record SortColumn(ModelColumn Column, bool IsDescending)
{
    public string Name => Sql.Column(Column.Name);

    public override string ToString() => IsDescending ? $"-{Column.Name}" : Column.Name;

    /// <summary>Rows that have the same here.</summary>
    public string Same(string? parameter) => parameter is null ? $"{Name} is null" : $"{Name} = {parameter}";

    /// <summary>Rows that come later by this column alone; null when there can be none.</summary>
    public string? Later(string? parameter) => (parameter, IsDescending) switch
    {
        (null, false) => null,
        (null, true) => $"{Name} is not null",
        (_, true) => $"{Name} < {parameter}",
        _ => Column.IsNotNull ? $"{Name} > {parameter}" : $"({Name} > {parameter} or {Name} is null)",
    };

    /// <summary>Rows that are not earlier, in a form that an index can begin at; null when there is none.</summary>
    public string? NotEarlier(string? parameter) => (parameter, IsDescending) switch
    {
        (null, _) => null,
        (_, true) => $"{Name} <= {parameter}",
        _ => Column.IsNotNull ? $"{Name} >= {parameter}" : null,
    };
}
