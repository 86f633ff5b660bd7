using Npgsql;
using Phoenix.Benchmarks.Rig;
using Phoenix.EventStore;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The twin <c>raw</c> of <c>append</c>: the same rows in the same columns under the same indexes, written by batched unnest inserts, as
/// many rows a batch and as many connections as the queue has at most. No version check, no lock, no look at the ledger, no foreign key, no
/// result.
/// </summary>
internal sealed class RawAppend : IPart
{
    public const string Name = "raw-append";

    private readonly Loop _loop = new();
    private readonly NpgsqlDataSource _source;
    private readonly RawAppendWriter[] _writers;
    private readonly int _batch;

    private RawAppend(NpgsqlDataSource source, RawAppendWriter[] writers, int batch) => (_source, _writers, _batch) = (source, writers, batch);

    /// <summary>Its tables are made like those of the product's part, which has started before it on the same database.</summary>
    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var product = new EventStoreOptions();
        // No stream occurs twice in a batch.
        var batch = Math.Min(product.StreamsPerFlush, settings.Keys / product.Flushes);
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            MaxPoolSize = product.Flushes + 1, NoResetOnClose = true, Enlist = false, ApplicationName = "bench-raw-append",
        });
        await RawAppendTables.CreateAsync(source, settings.Keys);
        var writers = new RawAppendWriter[product.Flushes];
        for (var i = 0; i < writers.Length; i++)
            writers[i] = await RawAppendWriter.OpenAsync(source, [.. RawAppendTables.Streams(settings.Keys).Where((_, number) => number % product.Flushes == i)], batch);
        return new RawAppend(source, writers, batch);
    }

    public async Task<RoundResult> RunAsync(RoundOrder order)
    {
        // The loop counts batches; a batch is so many rows, each of which waited for all of it.
        var result = await _loop.RunAsync(order, _writers.Length, writer => _writers[writer].WriteAsync());
        return result with
        {
            Operations = result.Operations * _batch, Acknowledged = result.Acknowledged * _batch, AllocatedBytes = result.AllocatedBytes / _batch,
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync();
        await _source.DisposeAsync();
    }
}
