using System.Diagnostics;
using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// Timers that fall due: all at once, or with a rate one after the other. They are set by SQL, and an operation is one that was delivered:
/// its command decided and committed, its row gone.
/// </summary>
internal sealed class PhoenixTimers : IPart
{
    public const string Name = "phoenix-timers";

    /// <summary>How many are due at once for each second of a round.</summary>
    private const int EachSecond = 10_000;
    private const int Most = 100_000;

    // Behind the time that setting them takes.
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(5);

    private readonly SiloHost _silo;
    private readonly DueTable _due;
    private readonly string[] _ids;
    private int _run;
    private long _delivered;

    private PhoenixTimers(SiloHost silo, PartSettings settings) =>
        (_silo, _due, _ids) = (silo, new(NpgsqlDataSource.Create(settings.Postgres)), TallyIds.First(settings.Keys));

    public static async Task<IPart> StartAsync(PartSettings settings) =>
        new PhoenixTimers(await PhoenixSilo.StartAsync(settings), settings);

    public Task<RoundResult> RunAsync(RoundOrder order) =>
        order.Rate is { } rate ? SpreadAsync(order.Seconds, rate) : AtOnceAsync(order.Seconds);

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _due.DisposeAsync();
    }

    private async Task<RoundResult> AtOnceAsync(double seconds)
    {
        var count = Math.Min(Most, (int)(seconds * EachSecond));
        await _due.FillAsync(++_run, count, _ids, TimeSpan.Zero, TimeSpan.Zero);
        var took = await _due.EmptyAsync();
        return Result(count, took.TotalSeconds, []);
    }

    private async Task<RoundResult> SpreadAsync(double seconds, double rate)
    {
        var (count, over) = ((int)(seconds * rate), TimeSpan.FromSeconds(seconds));
        var ids = await _due.FillAsync(++_run, count, _ids, Lead, over);
        var first = await _due.FirstAsync();
        var started = Stopwatch.GetTimestamp();
        await _due.EmptyAsync();
        return Result(count, Stopwatch.GetElapsedTime(started).TotalSeconds, await _due.LatenessMsAsync(ids, first, over));
    }

    private RoundResult Result(int count, double seconds, double[] lateMs) => new()
    {
        Operations = count, Seconds = seconds, Acknowledged = _delivered += count,
        P50Ms = At(lateMs, 0.5), P99Ms = At(lateMs, 0.99), P999Ms = At(lateMs, 0.999), MaxMs = At(lateMs, 1),
    };

    private static double At(double[] ordered, double share) =>
        ordered.Length == 0 ? 0 : ordered[(int)Math.Ceiling(share * ordered.Length) - 1];
}
