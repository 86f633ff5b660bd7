using System.Text;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.ReadModels;

/// <summary>
/// One condition on one column, written as <c>column=operator:value</c>. The operator is never left out, so a value may have colons.
/// </summary>
internal sealed record ColumnFilter(string Column, FilterOperator Operator, IReadOnlyList<string> Values)
{
    private const int MostValues = 100;
    private const string Null = "null", NotNull = "not-null";

    /// <exception cref="BadRequestException">It is no such condition; the message says what to write.</exception>
    public static ColumnFilter Read(string column, ColumnType type, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var found = colon < 0 ? null : FilterOperator.Find(text[..colon]);
        if (found is null || (found.Name == FilterOperator.Prefix && !type.IsText))
        {
            throw ListRequest.Refused(column, text,
                $"an operator, a colon and a value. Operators of this column are {FilterOperator.For(type)}");
        }

        var rest = text[(colon + 1)..];
        return new(column, found, found.Name switch
        {
            FilterOperator.Is => rest is Null or NotNull ? [rest] : throw ListRequest.Refused(column, text, "is:null or is:not-null"),
            FilterOperator.In => [.. Split(rest, column, text).Select(value => Value(column, type, value))],
            _ => [Value(column, type, rest)],
        });
    }

    /// <summary>The condition; values become parameters.</summary>
    public string ToSql(Func<string, string> parameter)
    {
        var column = Sql.Column(Column);
        return Operator.Name switch
        {
            FilterOperator.Is => Values[0] == Null ? $"{column} is null" : $"{column} is not null",
            FilterOperator.In => $"{column} in ({string.Join(", ", Values.Select(parameter))})",
            FilterOperator.Prefix => $"{column}::text ^@ {parameter(Values[0])}",
            _ => $"{column} {Operator.Sql} {parameter(Values[0])}",
        };
    }

    private static string Value(string column, ColumnType type, string text) =>
        type.Read(text) ?? throw ListRequest.Refused(column, text, type.Expected);

    // Separated by commas; a comma or backslash that belongs to a value has a backslash before it.
    private static List<string> Split(string list, string column, string text)
    {
        var (values, value) = (new List<string>(), new StringBuilder());
        for (var at = 0; at < list.Length; at++)
        {
            if (list[at] == '\\' && at + 1 < list.Length && list[at + 1] is ',' or '\\') value.Append(list[++at]);
            else if (list[at] == '\\') throw ListRequest.Refused(column, text, @"\, for a comma and \\ for a backslash in a value of 'in'");
            else if (list[at] == ',') Next();
            else value.Append(list[at]);
        }

        Next();
        return values.Count <= MostValues ? values : throw ListRequest.Refused(column, text, $"at most {MostValues} values");

        void Next()
        {
            values.Add(value.ToString());
            value.Clear();
        }
    }
}
