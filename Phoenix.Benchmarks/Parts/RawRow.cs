using Npgsql;
using NpgsqlTypes;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// The twin <c>rawRow</c>: one single-row transaction a command into a table with only the key and the data; a connection a caller, no
/// actors.
/// </summary>
internal sealed class RawRow : IPart
{
    public const string Name = "raw-row";
    public const string Table = "raw_rows";

    private readonly Loop _loop = new();
    private readonly NpgsqlDataSource _source;
    private readonly Writer[] _writers;

    private RawRow(NpgsqlDataSource source, Writer[] writers) => (_source, _writers) = (source, writers);

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Postgres)
        {
            MaxPoolSize = settings.PoolSize, NoResetOnClose = true, Enlist = false, ApplicationName = "bench-raw-row",
        });
        await using (var create = source.CreateCommand($"create table if not exists {Table} (stream text not null, version bigint not null, data jsonb not null, primary key (stream, version))"))
            await create.ExecuteNonQueryAsync();
        var writers = new Writer[settings.PoolSize];
        for (var i = 0; i < writers.Length; i++)
            writers[i] = await Writer.OpenAsync(source, [.. TallyIds.First(settings.Keys).Where((_, number) => number % settings.PoolSize == i)]);
        return new RawRow(source, writers);
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => _loop.RunAsync(order, _writers.Length, caller => _writers[caller].InsertAsync());

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync();
        await _source.DisposeAsync();
    }

    private sealed class Writer(NpgsqlConnection connection, NpgsqlCommand insert, string[] streams) : IAsyncDisposable
    {
        private const string Data = """{"amount":5}""";
        private readonly long[] _versions = new long[streams.Length];
        private int _next;

        public static async Task<Writer> OpenAsync(NpgsqlDataSource source, string[] streams)
        {
            var connection = await source.OpenConnectionAsync();
            var insert = new NpgsqlCommand($"insert into {Table} (stream, version, data) values ($1, $2, $3)", connection)
            {
                Parameters = { new NpgsqlParameter<string>(), new NpgsqlParameter<long>(), new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Jsonb } },
            };
            await insert.PrepareAsync();
            return new(connection, insert, streams);
        }

        public Task<int> InsertAsync()
        {
            _next = (_next + 1) % streams.Length;
            ((NpgsqlParameter<string>)insert.Parameters[0]).TypedValue = streams[_next];
            ((NpgsqlParameter<long>)insert.Parameters[1]).TypedValue = ++_versions[_next];
            ((NpgsqlParameter<string>)insert.Parameters[2]).TypedValue = Data;
            return insert.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await insert.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
