using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Values;

/// <summary>Runs all shapes once: what a query says live, after a replay, and after a snapshot.</summary>
public sealed class ShapeRuns(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Times = 4;
    private readonly Dictionary<string, Run> _runs = [];
    private TestSilo _silo = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _silo = await StartAsync();
        foreach (var name in ShapeTable.Kept) await MakeAsync(name);
        var live = await AnswersAsync();
        await Eventually.TrueAsync("every shape has a snapshot", async () => await EventLog.ScalarAsync<long>(
            _database, $"select count(*) from phoenix.phoenix_snapshots where version = {Times}") == ShapeTable.Kept.Count);
        await RestartAsync();
        var fromSnapshot = await AnswersAsync();
        await Sql.ExecuteAsync(_database, "delete from phoenix.phoenix_snapshots");
        await RestartAsync();
        var replayed = await AnswersAsync();
        foreach (var name in ShapeTable.Kept) _runs.Add(name, new(live[name], replayed[name], fromSnapshot[name]));
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    internal Run Of(string name) => _runs[name];

    internal IShapesGrain Grain(string name) => _silo.Grains.GetGrain<IShapesGrain>(name);

    private async Task MakeAsync(string name)
    {
        for (var i = 0; i < Times; i++)
        {
            try
            {
                await Grain(name).Execute(new MakeShape(name));
            }
            catch (CommandException failed)
            {
                throw new InvalidOperationException($"'{name}' is refused: {failed.Message}", failed);
            }
        }
    }

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(_database, phoenix => phoenix.SnapshotEvery = Times);

    private async Task RestartAsync()
    {
        await _silo.DisposeAsync();
        _silo = await StartAsync();
    }

    private async Task<Dictionary<string, string>> AnswersAsync()
    {
        var answers = new Dictionary<string, string>();
        foreach (var name in ShapeTable.Kept)
        {
            try
            {
                answers.Add(name, (await Grain(name).Query(QueryMessage.Of(new GetShapes()))).Json);
            }
            catch (CommandException failed)
            {
                answers.Add(name, failed.Message);
            }
        }

        return answers;
    }

    internal sealed record Run(string Live, string Replayed, string FromSnapshot);
}
