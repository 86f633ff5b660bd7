using Phoenix.Messages;
using Phoenix.Tests.Infrastructure;
using Phoenix.Tests.Log;
using Xunit;

namespace Phoenix.Tests.Values;

/// <summary>Whatever is accepted can be read back, and live state is replayed state (guarantee 10): command, event, live query, restart, query.</summary>
[Trait("Category", "Servers")]
public sealed class ShapeTests(ShapeRuns runs) : IClassFixture<ShapeRuns>
{
    public static TheoryData<string> Kept => [.. ShapeTable.Kept];

    public static TheoryData<string> Refused => [.. ShapeTable.Refused];

    [Theory, MemberData(nameof(Kept))]
    public void what_is_accepted_is_the_same_after_a_restart(string name)
    {
        var run = runs.Of(name);
        Assert.Equal(run.Live, run.Replayed);
        Assert.Equal(run.Live, run.FromSnapshot);
    }

    [Theory, MemberData(nameof(Refused))]
    public async Task what_would_not_come_back_costs_its_command_and_nothing_else(string name)
    {
        var grain = runs.Grain($"refused {name}");
        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => grain.Execute(new MakeShape(name)));
        Assert.Equal(ErrorCodes.HandlerFailed, failure.Code);
        Assert.Equal((0, 1), ((await grain.Execute(new MakeShape("true"))) is var next ? (next.VersionBefore, next.VersionAfter) : default));
    }
}

/// <summary>Runs all shapes once: what a query says live, after a replay, and after a snapshot.</summary>
public sealed class ShapeRuns(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Times = 4;
    private readonly Dictionary<string, Run> _runs = [];
    private TestSilo _silo = null!;
    private string _database = null!;

    internal Run Of(string name) => _runs[name];

    internal IShapesGrain Grain(string name) => _silo.Grains.GetGrain<IShapesGrain>(name);

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync();
        _silo = await StartAsync();
        foreach (var name in ShapeTable.Kept)
        {
            for (var i = 0; i < Times; i++)
            {
                try
                {
                    await Grain(name).Execute(ShapeTable.CommandFor(name, byMessage: false));
                }
                catch (CommandException failed)
                {
                    throw new InvalidOperationException($"'{name}' is refused: {failed.Message}", failed);
                }
            }
        }

        var live = await AnswersAsync();
        await Eventually.TrueAsync("every shape has a snapshot", async () =>
            await EventLog.ScalarAsync<long>(_database, "select count(*) from phoenix.phoenix_snapshots where version = 4") == ShapeTable.Kept.Count);
        await RestartAsync();
        var fromSnapshot = await AnswersAsync();
        await Sql.ExecuteAsync(_database, "delete from phoenix.phoenix_snapshots");
        await RestartAsync();
        var replayed = await AnswersAsync();
        foreach (var name in ShapeTable.Kept) _runs.Add(name, new(live[name], replayed[name], fromSnapshot[name]));
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

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
