namespace Phoenix.Gateway.ReadModels;

/// <summary>The statement of a page. Values of callers are parameters, without exception.</summary>
internal sealed class ListStatement
{
    private readonly List<string> _values = [];

    public ListStatement(ReadModel model, ListRequest request)
    {
        var conditions = request.Filters.Select(filter => filter.ToSql(Parameter)).ToList();
        if (request.After is { } place) conditions.Add(request.Sort.After(place, Parameter));
        var where = conditions.Count > 0 ? $"where {string.Join(" and ", conditions)} " : "";
        Text = $"select to_jsonb({Sql.Row})::text, {string.Join(", ", request.Sort.Columns.Select(column => $"{column.Name}::text"))} "
            + $"from {model.Source} {Sql.Row} {where}order by {request.Sort.ToSql()} limit {request.Limit + 1}";
    }

    /// <summary>The SQL; one row more than the page has tells whether there is another page.</summary>
    public string Text { get; }

    /// <summary>The parameters, from $1 on.</summary>
    public IReadOnlyList<string> Values => _values;

    private string Parameter(string value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }
}
