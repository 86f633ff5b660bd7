using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Weasel.Core;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The twin of <c>projections</c>: Marten's own asynchronous daemon with its default settings, by a store that knows of the product no
/// more than where the events are.
/// </summary>
internal sealed class MartenCatchUp : IPart
{
    public const string Name = "marten-catch-up";

    private readonly NpgsqlDataSource _source;
    private readonly DocumentStore _store;
    private readonly ProjectionPasses _passes;
    private IProjectionDaemon? _daemon;

    private MartenCatchUp(NpgsqlDataSource source, DocumentStore store) =>
        (_source, _store, _passes) = (source, store, new(new(source, ProjectedTotals.Twin)));

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var source = NpgsqlDataSource.Create(settings.Postgres);
        await using var create = source.CreateCommand(
            $"create table phoenix.{ProjectedTotals.Twin} (like phoenix.{ProjectedTotals.Phoenix} including all)");
        await create.ExecuteNonQueryAsync();
        return new MartenCatchUp(source, DocumentStore.For(options =>
        {
            options.Connection(settings.Postgres);
            options.DatabaseSchemaName = "phoenix";
            // The tables are the product's; it may not change them.
            options.AutoCreateSchemaObjects = AutoCreate.None;
            options.Events.StreamIdentity = StreamIdentity.AsString;
            options.Events.EnableBigIntEvents = true;
            options.Events.MapEventType<Added>(Added.Name);
            options.UseSystemTextJsonForSerialization(casing: Casing.CamelCase);
            options.Projections.AsyncMode = DaemonMode.Solo;
            options.Projections.Add(new TallyTotals("phoenix", ProjectedTotals.Twin), ProjectionLifecycle.Async);
        }));
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => _passes.RunAsync(order, StartDaemonAsync, StopDaemonAsync);

    public async ValueTask DisposeAsync()
    {
        await StopDaemonAsync();
        await _store.DisposeAsync();
        await _source.DisposeAsync();
    }

    private async Task StartDaemonAsync()
    {
        _daemon = await _store.BuildProjectionDaemonAsync();
        await _daemon.StartAllAsync();
    }

    private async Task StopDaemonAsync()
    {
        if (_daemon is not { } daemon) return;
        _daemon = null;
        await daemon.StopAllAsync();
        daemon.Dispose();
    }
}
