namespace Phoenix.Gateway.ReadModels;

/// <summary>An operator of filters: how a URL and how SQL writes it.</summary>
internal sealed record FilterOperator(string Name, string Sql)
{
    public const string In = "in", Prefix = "prefix", Is = "is";

    private static readonly FilterOperator[] All =
    [
        new("eq", "="), new("ne", "<>"), new("lt", "<"), new("le", "<="), new("gt", ">"), new("ge", ">="), new(In, "in"), new(Prefix, "^@"),
        new(Is, "is"),
    ];

    public static FilterOperator? Find(string name) => Array.Find(All, one => one.Name == name);

    /// <summary>The operators that a column has.</summary>
    public static string For(ColumnType type) =>
        string.Join(", ", All.Where(one => type.IsText || one.Name != Prefix).Select(one => one.Name));
}
