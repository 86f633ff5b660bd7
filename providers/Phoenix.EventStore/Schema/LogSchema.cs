using Marten;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Phoenix.EventStore.Schema;

/// <summary>Tables of ours in the schema of the event log, applied and migrated by Marten together with its own.</summary>
internal abstract class LogSchema(string name, StoreOptions options) : FeatureSchemaBase(name, options.Advanced.Migrator)
{
    /// <summary>A table without columns.</summary>
    protected Table NewTable(string name) =>
        new(new PostgresqlObjectName(options.Events.DatabaseSchemaName, name, SchemaUtils.IdentifierUsage.General));
}
