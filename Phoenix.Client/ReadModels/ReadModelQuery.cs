using System.Linq.Expressions;

namespace Phoenix.Client.ReadModels;

/// <summary>
/// Filters and an order of a read model. It is immutable: every method gives another one. Which columns can be filtered and sorted by is
/// the gateway's to say; a column that cannot is a <see cref="ReadModelException"/>.
/// </summary>
/// <typeparam name="TRow">What a row becomes.</typeparam>
public sealed record ReadModelQuery<TRow> where TRow : class
{
    private IReadOnlyList<(string Column, string Condition)> Filters { get; init; } = [];

    private IReadOnlyList<string> Sort { get; init; } = [];

    /// <summary>How many rows a page has at most. Default: the gateway's, 50. The gateway allows up to 500.</summary>
    public int? PageSize { get; init; }

    /// <summary>
    /// Waits for so long, in whole seconds up to 25, until the read model has all that was committed before the page was asked for, your
    /// own change included. Whether it has is <see cref="ReadModelPage{TRow}.Reached"/>; a list of all rows fails when it has not. Default:
    /// does not wait. Only for read models whose projection the gateway knows.
    /// </summary>
    public TimeSpan? CaughtUpWithin { get; init; }

    /// <summary>Rows whose column compares so with a value. Several conditions must all be met.</summary>
    /// <exception cref="ArgumentException">The value is null, or of a type that no column has.</exception>
    public ReadModelQuery<TRow> Where<TValue>(Expression<Func<TRow, TValue>> column, Comparison comparison, TValue value)
    {
        var name = comparison switch
        {
            Comparison.Equal => "eq",
            Comparison.NotEqual => "ne",
            Comparison.Less => "lt",
            Comparison.AtMost => "le",
            Comparison.Greater => "gt",
            Comparison.AtLeast => "ge",
            _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "There is no such comparison."),
        };
        return With(column, $"{name}:{FilterValue.Text(value)}");
    }

    /// <summary>Rows whose column has one of these values, up to 100.</summary>
    /// <exception cref="ArgumentException">There is none, one is null, or one is of a type that no column has.</exception>
    public ReadModelQuery<TRow> WhereIn<TValue>(Expression<Func<TRow, TValue>> column, params IEnumerable<TValue> values)
    {
        var list = values.Select(value => FilterValue.Text(value)
            .Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)).ToList();
        return list.Count > 0 ? With(column, $"in:{string.Join(',', list)}")
            : throw new ArgumentException("No row has one of no values. Give at least one.", nameof(values));
    }

    /// <summary>Rows whose column begins with this text.</summary>
    public ReadModelQuery<TRow> WhereStartsWith(Expression<Func<TRow, string?>> column, string prefix) => With(column, $"prefix:{prefix}");

    /// <summary>Rows whose column is null.</summary>
    public ReadModelQuery<TRow> WhereNull<TValue>(Expression<Func<TRow, TValue>> column) => With(column, "is:null");

    /// <summary>Rows whose column is not null.</summary>
    public ReadModelQuery<TRow> WhereNotNull<TValue>(Expression<Func<TRow, TValue>> column) => With(column, "is:not-null");

    /// <summary>Orders by this column, after those that were named before; null comes last.</summary>
    public ReadModelQuery<TRow> OrderBy<TValue>(Expression<Func<TRow, TValue>> column) =>
        this with { Sort = [.. Sort, RowJson.Column(column)] };

    /// <summary>Orders by this column from above, after those that were named before; null comes first.</summary>
    public ReadModelQuery<TRow> OrderByDescending<TValue>(Expression<Func<TRow, TValue>> column) =>
        this with { Sort = [.. Sort, $"-{RowJson.Column(column)}"] };

    /// <summary>The part of the URL behind the question mark.</summary>
    internal string ToUrl(string? after)
    {
        var parameters = Filters.Select(filter => (filter.Column, filter.Condition)).ToList();
        if (Sort.Count > 0) parameters.Add(("sort", string.Join(',', Sort)));
        if (PageSize is { } size) parameters.Add(("limit", FilterValue.Text(size)));
        if (CaughtUpWithin is { } wait) parameters.Add(("wait", FilterValue.Text((long)Math.Ceiling(wait.TotalSeconds))));
        if (after is not null) parameters.Add(("after", after));
        return string.Join('&', parameters.Select(one => $"{Uri.EscapeDataString(one.Item1)}={Uri.EscapeDataString(one.Item2)}"));
    }

    private ReadModelQuery<TRow> With<TValue>(Expression<Func<TRow, TValue>> column, string condition) =>
        this with { Filters = [.. Filters, (RowJson.Column(column), condition)] };
}
