namespace Phoenix.Clustering.Schema;

/// <summary>What the tables look like.</summary>
internal static class TableDefinitions
{
    public static TableDefinition Versions(SchemaName schema) => new(schema.Versions, $"""
        create table if not exists {schema.Versions} (
            cluster_id text primary key,
            version integer not null,
            etag uuid not null)
        """);

    public static TableDefinition Members(SchemaName schema) => new(schema.Members, $"""
        create table if not exists {schema.Members} (
            cluster_id text not null,
            silo text not null,
            status smallint not null,
            proxy_port integer not null,
            host_name text,
            silo_name text,
            role_name text,
            update_zone integer not null,
            fault_zone integer not null,
            start_time timestamptz not null,
            i_am_alive_time timestamptz not null,
            suspecting_silos text[] not null,
            suspecting_times timestamptz[] not null,
            etag uuid not null,
            primary key (cluster_id, silo))
        """);

    public static TableDefinition Reminders(SchemaName schema) => new(schema.Reminders, $"""
        create table if not exists {schema.Reminders} (
            service_id text not null,
            grain_id text not null,
            name text not null,
            grain_hash bigint not null,
            start_at timestamptz not null,
            period interval not null,
            etag uuid not null,
            primary key (service_id, grain_id, name));
        create index if not exists reminders_by_hash on {schema.Reminders} (service_id, grain_hash)
        """);
}

/// <summary>One table.</summary>
/// <param name="Name">Its quoted name.</param>
/// <param name="Sql">What creates it where it is missing.</param>
internal sealed record TableDefinition(string Name, string Sql);
