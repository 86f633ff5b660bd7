using JasperFx;
using Marten;
using Marten.Internal;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Phoenix.EventStore.Schema;

namespace Phoenix.EventStore.Projecting;

/// <summary>The log's store once more, on connections that cannot write.</summary>
internal sealed class ReadModelStore(DocumentStore store) : IReadModelStore, IAsyncDisposable
{
    // Beside those of the log.
    private const int Connections = 4;

    public static ReadModelStore Create(IServiceProvider services, string connectionString, Action<StoreOptions> configure)
    {
        var options = new StoreOptions();
        configure(options);
        MartenEventStoreExtensions.UseEventStore(options);
        foreach (var more in services.GetServices<IConfigureMarten<ILogStore>>()) more.Configure(services, options);
        options.Connection(ReadOnly(connectionString));
        options.AutoCreateSchemaObjects = AutoCreate.None;
        return new(EventTable.Shape(new DocumentStore(options)));
    }

    public IQuerySession QuerySession() => store.QuerySession();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static string ReadOnly(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "phoenix-read-models" };
        if (!settings.ShouldSerialize("Maximum Pool Size")) settings.MaxPoolSize = Connections;
        settings.MinPoolSize = Math.Min(settings.MinPoolSize, settings.MaxPoolSize);
        settings.Options = $"-c statement_timeout=30000 {settings.Options} -c default_transaction_read_only=on";
        return settings.ConnectionString;
    }
}
