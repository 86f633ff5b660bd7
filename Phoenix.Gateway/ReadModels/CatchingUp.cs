using Microsoft.Extensions.Options;
using Npgsql;
using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Phoenix.Gateway.Hosting;

namespace Phoenix.Gateway.ReadModels;

/// <summary>
/// Waits until a read model has all that was committed when somebody asked, so that he finds his own change in it. Needs no token of the
/// change: whatever he knows of was committed before he asks.
/// </summary>
internal sealed class CatchingUp(ReadModelSource source, IOptions<PhoenixGatewayOptions> options, TimeProvider time)
{
    private const int LongestWait = 25;
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(20);

    private readonly string _end = $"select coalesce(max(seq_id), 0) from {Sql.Quoted(options.Value.Schema)}.mt_events";
    private readonly string _isThere = $"""
        select exists (select from {Sql.Quoted(options.Value.Schema)}.mt_event_progression where name = $1 and last_seq_id >= $2)
        """;

    /// <summary>How long somebody wants to wait; null when he does not.</summary>
    /// <exception cref="BadRequestException">It is no such time, or nobody knows how far this read model is.</exception>
    public static TimeSpan? Read(IQueryCollection query, ReadModel model)
    {
        if (!query.ContainsKey("wait")) return null;
        if (model.Progress is null)
        {
            throw new BadRequestException($"Nobody can wait for the read model '{model.Name}': its options name no 'Projection', so that how "
                + "far it is is not known.", "wait");
        }

        return TimeSpan.FromSeconds(QueryParameter.Long(query, "wait", 0, 1, LongestWait));
    }

    /// <returns>Whether it has all of it; false when the time has passed before.</returns>
    public async Task<bool> ReachedAsync(ReadModel model, TimeSpan wait, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var end = await source.AskAsync(model, _end, [], cancellation);
        NpgsqlParameter[] Wanted() => [new() { Value = model.Progress! }, new() { Value = end! }];
        while (await source.AskAsync(model, _isThere, Wanted(), cancellation) is not true)
        {
            if (time.GetElapsedTime(started) >= wait) return false;
            await Task.Delay(Rhythm, time, cancellation);
        }

        return true;
    }
}
