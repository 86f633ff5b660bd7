using System.Text.Json;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix;

/// <summary>Typed calls to aggregates: the compiler checks that command and aggregate belong together.</summary>
public static class AggregateGrainExtensions
{
    /// <summary>Sends a command and waits for its outcome (<see cref="IAggregateGrain.Execute"/>).</summary>
    public static Task<Outcome> Execute<TAggregate>(this IAggregateGrain<TAggregate> grain, ICommand<TAggregate> command, CommandOptions? options = null)
        where TAggregate : Aggregate =>
        grain.Execute(CommandMessage.Of(command, options));

    /// <summary>Asks a query. <paramref name="linearizable"/>: check the version in storage first.</summary>
    public static async Task<TAnswer> Query<TAggregate, TAnswer>(this IAggregateGrain<TAggregate> grain, IQuery<TAggregate, TAnswer> query, bool linearizable = false)
        where TAggregate : Aggregate
    {
        var answer = await grain.Query(QueryMessage.Of(query, linearizable));
        return JsonSerializer.Deserialize<TAnswer>(answer.Json, PhoenixJson.State)!;
    }

    /// <summary>Tries a command on a clone (<see cref="IAggregateGrain.Trial"/>).</summary>
    public static Task<TrialResult> Trial<TAggregate>(this IAggregateGrain<TAggregate> grain, ICommand<TAggregate> command, Moment moment = default)
        where TAggregate : Aggregate =>
        grain.Trial(CommandMessage.Of(command), moment);

    /// <summary>The state at a moment, typed.</summary>
    public static async Task<TAggregate> LoadAt<TAggregate>(this IAggregateGrain<TAggregate> grain, Moment moment) where TAggregate : Aggregate =>
        JsonSerializer.Deserialize<TAggregate>((await grain.StateAt(moment)).Json, PhoenixJson.State)!;
}
