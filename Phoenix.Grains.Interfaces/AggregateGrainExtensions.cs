using System.Text.Json;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix;

/// <summary>Typed calls to aggregates: the compiler checks that command and aggregate belong together.</summary>
public static class AggregateGrainExtensions
{
    /// <summary>Sends a command and waits for its outcome (<see cref="IAggregateGrain.Execute"/>).</summary>
    public static Task<Outcome> Execute<TContract>(this TContract grain, ICommand<TContract> command, CommandOptions? options = null)
        where TContract : IAggregateGrain =>
        grain.Execute(CommandMessage.Of(command, options));

    /// <summary>Asks a query. <paramref name="linearizable"/>: check the version in storage first.</summary>
    public static async Task<TAnswer> Query<TContract, TAnswer>(this TContract grain, IQuery<TContract, TAnswer> query, bool linearizable = false)
        where TContract : IAggregateGrain
    {
        var answer = await grain.Query(QueryMessage.Of(query, linearizable));
        return JsonSerializer.Deserialize<TAnswer>(answer.Json, PhoenixJson.State)!;
    }

    /// <summary>Tries a command on a clone (<see cref="IAggregateGrain.Trial"/>).</summary>
    public static Task<TrialResult> Trial<TContract>(this TContract grain, ICommand<TContract> command, Moment moment = default)
        where TContract : IAggregateGrain =>
        grain.Trial(CommandMessage.Of(command), moment);

    /// <summary>The state at a moment as the rules' own type, for those who have the rules.</summary>
    /// <typeparam name="TAggregate">The aggregate's rules, such as <c>Account</c>.</typeparam>
    public static async Task<TAggregate> LoadAt<TAggregate>(this IAggregateGrain grain, Moment moment) where TAggregate : Aggregate =>
        JsonSerializer.Deserialize<TAggregate>((await grain.StateAt(moment)).Json, PhoenixJson.State)!;
}
