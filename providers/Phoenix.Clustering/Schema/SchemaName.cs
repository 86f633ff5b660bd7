namespace Phoenix.Clustering.Schema;

/// <summary>The schema of the tables, and their names within it, quoted for SQL.</summary>
internal sealed class SchemaName
{
    private readonly string _name;

    /// <exception cref="ArgumentException">The name is not valid; what stands between quotes in SQL is checked here once more.</exception>
    public SchemaName(string name) => _name = IsValid(name) ? name : throw new ArgumentException($"'{name}' is no schema name.", nameof(name));

    public string Quoted => $"\"{_name}\"";

    public string Versions => Table("membership_version");

    public string Members => Table("membership");

    public string Reminders => Table("reminders");

    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= 63 } && char.IsAsciiLetterLower(name[0]) && !name.StartsWith("pg_", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    public override string ToString() => _name;

    private string Table(string name) => $"{Quoted}.{name}";
}
