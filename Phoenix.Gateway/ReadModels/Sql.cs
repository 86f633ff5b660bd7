namespace Phoenix.Gateway.ReadModels;

/// <summary>How identifiers are written.</summary>
internal static class Sql
{
    /// <summary>The alias of the row. No short one: a column of the same name would be taken for the row.</summary>
    public const string Row = "phoenix_row";

    public static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Column(string name) => $"{Row}.{Quoted(name)}";
}
