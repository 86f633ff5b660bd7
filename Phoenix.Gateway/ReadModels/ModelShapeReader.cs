using Npgsql;

namespace Phoenix.Gateway.ReadModels;

/// <summary>Reads the columns of a relation from PostgreSQL's catalog.</summary>
internal static class ModelShapeReader
{
    // A domain counts as the type below it. Of a view nobody knows what its tables have.
    private const string Statement = """
        select a.attname, t.typname, a.attnotnull,
            c.relkind in ('v', 'f') or exists (
                select 1 from pg_index i where i.indrelid = a.attrelid and i.indkey[0] = a.attnum and i.indisvalid and i.indpred is null),
            c.relkind in ('v', 'f') or exists (
                select 1 from pg_index i where i.indrelid = a.attrelid and i.indkey[0] = a.attnum and i.indisvalid and i.indpred is null
                    and i.indisunique and i.indnkeyatts = 1),
            array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder)
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        join pg_type d on d.oid = a.atttypid
        join pg_type t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
        where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
        """;

    public static async Task<ModelShape> ReadAsync(NpgsqlDataSource database, ReadModel model, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Statement);
        command.Parameters.Add(new() { Value = model.Source });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var columns = new List<ModelColumn>();
        while (await reader.ReadAsync(cancellation))
        {
            columns.Add(new(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4),
                reader.GetFieldValue<string[]>(5)));
        }

        return new(model, columns);
    }
}
