using System.Text.Json;
using Phoenix.Messages;
using Phoenix.Model;

namespace Phoenix.Client;

/// <summary>Typed calls: the compiler checks that command and aggregate belong together.</summary>
public static class PhoenixClientExtensions
{
    /// <summary>Hands a command over durably and returns its id (<see cref="IPhoenixClient.SendAsync"/>).</summary>
    public static Task<string> SendAsync<TAggregate>(
        this IPhoenixClient client,
        string aggregateId,
        ICommand<TAggregate> command,
        CommandOptions? options = null,
        CancellationToken cancellation = default)
        where TAggregate : Aggregate =>
        client.SendAsync(AggregateName<TAggregate>.Value, aggregateId, CommandMessage.Of(command, options), cancellation);

    /// <summary>Sends a command and waits for its outcome (<see cref="IPhoenixClient.RequestAsync"/>).</summary>
    public static Task<Outcome> RequestAsync<TAggregate>(
        this IPhoenixClient client,
        string aggregateId,
        ICommand<TAggregate> command,
        CommandOptions? options = null,
        RequestOptions? request = null,
        CancellationToken cancellation = default)
        where TAggregate : Aggregate =>
        client.RequestAsync(AggregateName<TAggregate>.Value, aggregateId, CommandMessage.Of(command, options), request, cancellation);

    /// <summary>Asks a query (<see cref="IPhoenixClient.QueryAsync"/>). <paramref name="linearizable"/>: check the version in storage first.</summary>
    public static async Task<TAnswer> QueryAsync<TAggregate, TAnswer>(
        this IPhoenixClient client,
        string aggregateId,
        IQuery<TAggregate, TAnswer> query,
        bool linearizable = false,
        RequestOptions? request = null,
        CancellationToken cancellation = default)
        where TAggregate : Aggregate
    {
        var answer = await client.QueryAsync(
            AggregateName<TAggregate>.Value, aggregateId, QueryMessage.Of(query, linearizable), request, cancellation).ConfigureAwait(false);
        return JsonSerializer.Deserialize<TAnswer>(answer.Json, PhoenixJson.State)!;
    }
}
