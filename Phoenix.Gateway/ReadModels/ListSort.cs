namespace Phoenix.Gateway.ReadModels;

/// <summary>The order of a list. It ends with the key, so that no two rows have the same place.</summary>
internal sealed class ListSort(IReadOnlyList<SortColumn> columns)
{
    public IReadOnlyList<SortColumn> Columns => columns;

    public string ToSql() =>
        string.Join(", ", columns.Select(column => column.IsDescending ? $"{column.Name} desc" : column.Name));

    public override string ToString() => string.Join(',', columns);

    /// <summary>The rows behind a place.</summary>
    /// <param name="place">The values of a row in these columns, as PostgreSQL writes them.</param>
    /// <param name="parameter">Makes a value a parameter.</param>
    public string After(IReadOnlyList<string?> place, Func<string, string> parameter)
    {
        var values = place.Select(value => value is null ? null : parameter(value)).ToList();
        // An index on these columns can begin at such a comparison, and at no other.
        if (columns.All(column => column.Column.IsNotNull && column.IsDescending == columns[0].IsDescending) && !values.Contains(null))
        {
            return $"({string.Join(", ", columns.Select(column => column.Name))}) {(columns[0].IsDescending ? '<' : '>')} "
                + $"({string.Join(", ", values)})";
        }

        var later = columns.Select((column, at) => column.Later(values[at]) is { } here
            ? string.Join(" and ", columns.Take(at).Select((before, index) => before.Same(values[index])).Append(here)) : null);
        var all = string.Join(" or ", later.OfType<string>().Select(one => $"({one})"));
        return columns[0].NotEarlier(values[0]) is { } bound ? $"{bound} and ({all})" : $"({(all.Length > 0 ? all : "false")})";
    }
}
