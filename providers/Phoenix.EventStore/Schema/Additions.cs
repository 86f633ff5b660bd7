using Weasel.Core;
using Weasel.Postgresql.Functions;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>Of what a database differs in from the configuration: what is to be added, and what is left as it is found.</summary>
internal static class Additions
{
    /// <summary>
    /// Writes what creates a missing object, or adds missing columns, indexes and foreign keys to a table. Nothing that it writes drops or
    /// alters.
    /// </summary>
    public static void Write(ISchemaObjectDelta delta, Migrator migrator, TextWriter writer)
    {
        if (delta.Difference == SchemaPatchDifference.Create) delta.SchemaObject.WriteCreateStatement(migrator, writer);
        else if (delta is TableDelta { Actual: { } actual } table) WriteMissing(table.Expected, actual, writer);
        // A function holds nothing. One with other parameters stays beside the new one.
        else if (delta is FunctionDelta { Expected.IsRemoved: false, Difference: not SchemaPatchDifference.None } function)
            function.Expected.WriteCreateStatement(migrator, writer);
    }

    /// <summary>What the table has beyond the configuration, or otherwise than it says.</summary>
    public static IEnumerable<string> LeftAlone(ISchemaObjectDelta delta)
    {
        if (delta is not TableDelta { Actual: { } actual } table) yield break;
        foreach (var column in actual.Columns)
        {
            var expected = table.Expected.Columns.FirstOrDefault(known => IsSame(known.Name, column.Name));
            if (expected is null) yield return $"column {column.Name}";
            else if (!expected.Equals(column)) yield return $"column {column.Name} of type {column.Type} (this build expects {expected.Type})";
        }

        foreach (var index in actual.Indexes)
        {
            var expected = table.Expected.Indexes.FirstOrDefault(known => IsSame(NameOf(table.Expected, known), index.Name));
            if (expected is null) yield return $"index {index.Name}";
            else if (!expected.Matches(index, table.Expected)) yield return $"index {index.Name} (this build defines it otherwise)";
        }

        foreach (var key in actual.ForeignKeys.Where(key => !table.Expected.ForeignKeys.Any(known => IsSame(table.Expected.TruncatedNameIdentifier(known.Name), key.Name))))
            yield return $"foreign key {key.Name}";
    }

    private static void WriteMissing(Table expected, Table actual, TextWriter writer)
    {
        foreach (var column in expected.Columns.Where(column => !actual.Columns.Any(found => IsSame(found.Name, column.Name))))
            writer.WriteLine(column.AddColumnSql(expected));
        foreach (var index in expected.Indexes.Where(index => !expected.HasIgnoredIndex(index.Name)
            && !actual.Indexes.Any(found => IsSame(found.Name, NameOf(expected, index)))))
            writer.WriteLine(index.ToCreateSql(expected));
        foreach (var key in expected.ForeignKeys.Where(key => !actual.ForeignKeys.Any(found => IsSame(found.Name, expected.TruncatedNameIdentifier(key.Name)))))
            key.WriteAddStatement(expected, writer);
    }

    private static string NameOf(Table table, IndexDefinition index) => table.TruncatedNameIdentifier(index.Name);

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
