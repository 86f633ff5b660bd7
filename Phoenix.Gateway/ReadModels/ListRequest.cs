using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Phoenix.Gateway.Errors;
using Phoenix.Messages;

namespace Phoenix.Gateway.ReadModels;

/// <summary>What a caller asks of a read model: filters, an order, and a page.</summary>
/// <param name="Filters">The conditions, all of which a row meets.</param>
/// <param name="Sort">The order.</param>
/// <param name="Limit">How many rows at most.</param>
/// <param name="After">The place to go on after; null at the first page.</param>
/// <param name="FilterText">All filters in one short text, for cursors.</param>
internal sealed record ListRequest(
    IReadOnlyList<ColumnFilter> Filters, ListSort Sort, int Limit, IReadOnlyList<string?>? After, string FilterText)
{
    private const int DefaultLimit = 50, MostRows = 500, MostFilters = 20, MostSorts = 4, Shown = 100;
    private static readonly string[] Reserved = ["limit", "sort", "after", "wait"];

    /// <summary>Whether a parameter of this name is not the filter of a column.</summary>
    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <exception cref="BadRequestException">A parameter is not as it should be.</exception>
    /// <exception cref="UnavailableException">A declared column cannot be used.</exception>
    public static ListRequest Read(IQueryCollection query, ReadModel model, ModelShape shape, CursorSeal seal)
    {
        var filters = query.Where(parameter => !IsReserved(parameter.Key))
            .SelectMany(parameter => parameter.Value.Select(text => Filter(parameter.Key, text ?? "", model, shape))).ToList();
        if (filters.Count > MostFilters)
            throw new BadRequestException($"The request has {filters.Count} filters. At most {MostFilters} are allowed.");
        var sort = SortOf(Single(query, "sort"), model, shape);
        var text = string.Join('&', query.Where(parameter => !IsReserved(parameter.Key))
            .SelectMany(parameter => parameter.Value.Select(value => $"{parameter.Key}={value}")).Order(StringComparer.Ordinal));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var after = Single(query, "after") is { } cursor ? ListCursor.Read(cursor, seal, model, $"{sort}", hash) : null;
        return new(filters, sort, LimitOf(Single(query, "limit")), after, hash);
    }

    /// <summary>The refusal of a parameter: what was found and what is allowed.</summary>
    public static BadRequestException Refused(string parameter, string found, string expected) =>
        new($"The parameter '{parameter}' is '{Short(found)}'. Expected is {expected}.", parameter);

    private static ColumnFilter Filter(string name, string text, ReadModel model, ModelShape shape)
    {
        if (!model.Filterable.Contains(name))
        {
            throw new BadRequestException(
                $"There is no parameter '{Short(name)}' here. Allowed are {string.Join(", ", Reserved)}, and filters by "
                + $"{string.Join(", ", model.Filterable)}, such as {model.Key}=eq:value.", Short(name));
        }

        var column = Usable(name, model, shape);
        return ColumnFilter.Read(name, column.Type ?? throw new UnavailableException(
            $"The column '{name}' of the read model '{model.Name}' has the type '{column.TypeName}', for which there are no filters."), text);
    }

    private static ListSort SortOf(string? text, ReadModel model, ModelShape shape)
    {
        var names = text?.Split(',') ?? [model.Key];
        var columns = new List<SortColumn>();
        foreach (var name in names)
        {
            var (column, isDescending) = name.StartsWith('-') ? (name[1..], true) : (name, false);
            if (!model.Sortable.Contains(column) || columns.Exists(one => one.Column.Name == column) || names.Length > MostSorts)
            {
                throw Refused("sort", text!, $"up to {MostSorts} of the columns {string.Join(", ", model.Sortable)}, each once, "
                    + "separated by commas, with a '-' before those that go down");
            }

            columns.Add(new(Usable(column, model, shape), isDescending));
        }

        // In the same direction, so that one index has both.
        if (columns.TrueForAll(one => one.Column.Name != model.Key))
            columns.Add(new(Usable(model.Key, model, shape), columns[^1].IsDescending));
        return new(columns);
    }

    private static int LimitOf(string? text) =>
        text is null ? DefaultLimit
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostRows ? limit
        : throw Refused("limit", text, $"a whole number from 1 to {MostRows}");

    private static string? Single(IQueryCollection query, string name) =>
        query.FirstOrDefault(parameter => parameter.Key == name).Value is not { Count: > 0 } values ? null
        : values.Count == 1 ? values[0] ?? ""
        : throw Refused(name, values.ToString(), "one value");

    private static string Short(string text) => text.Length > Shown ? $"{text[..Shown]}..." : text;

    private static ModelColumn Usable(string name, ReadModel model, ModelShape shape) => shape.Find(name) ?? throw new UnavailableException(
        $"The relation '{model.Relation}' of the read model '{model.Name}' is not there, or has no column '{name}', or this gateway may not "
        + "see it.");
}
