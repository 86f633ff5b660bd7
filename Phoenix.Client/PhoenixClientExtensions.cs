using System.Text.Json;
using Phoenix.Messages;
using Phoenix.Model;
using Phoenix.Transactions;

namespace Phoenix.Client;

/// <summary>Typed calls: the compiler checks that command and aggregate belong together.</summary>
public static class PhoenixClientExtensions
{
    /// <summary>Hands a command over durably and returns its id (<see cref="IPhoenixClient.SendAsync"/>).</summary>
    public static Task<string> SendAsync<TContract>(
        this IPhoenixClient client,
        string aggregateId,
        ICommand<TContract> command,
        CommandOptions? options = null,
        CancellationToken cancellation = default)
        where TContract : IAggregateGrain =>
        client.SendAsync(ContractName<TContract>.Value, aggregateId, CommandMessage.Of(command, options), cancellation);

    /// <summary>Sends a command and waits for its outcome (<see cref="IPhoenixClient.RequestAsync"/>).</summary>
    public static Task<Outcome> RequestAsync<TContract>(
        this IPhoenixClient client,
        string aggregateId,
        ICommand<TContract> command,
        CommandOptions? options = null,
        RequestOptions? request = null,
        CancellationToken cancellation = default)
        where TContract : IAggregateGrain =>
        client.RequestAsync(ContractName<TContract>.Value, aggregateId, CommandMessage.Of(command, options), request, cancellation);

    /// <summary>Starts a transaction and waits for its end (<see cref="IPhoenixClient.RunAsync"/>).</summary>
    public static Task<TransactionStatus> RunAsync<TContract>(
        this IPhoenixClient client,
        string transactionId,
        ICommand<TContract> start,
        CommandOptions? options = null,
        RequestOptions? request = null,
        CancellationToken cancellation = default)
        where TContract : ITransactionGrain =>
        client.RunAsync(ContractName<TContract>.Value, transactionId, CommandMessage.Of(start, options), request, cancellation);

    /// <summary>
    /// Asks a query (<see cref="IPhoenixClient.QueryAsync"/>). <paramref name="linearizable"/>: check the version in storage first.
    /// </summary>
    public static async Task<TAnswer> QueryAsync<TContract, TAnswer>(
        this IPhoenixClient client,
        string aggregateId,
        IQuery<TContract, TAnswer> query,
        bool linearizable = false,
        RequestOptions? request = null,
        CancellationToken cancellation = default)
        where TContract : IAggregateGrain
    {
        var answer = await client.QueryAsync(
            ContractName<TContract>.Value, aggregateId, QueryMessage.Of(query, linearizable), request, cancellation).ConfigureAwait(false);
        return JsonSerializer.Deserialize<TAnswer>(answer.Json, PhoenixJson.State)!;
    }
}
