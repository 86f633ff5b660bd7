using Orleans.Metadata;
using Phoenix.Gateway.Health;
using Phoenix.Messages;

namespace Phoenix.Gateway.Calls;

/// <summary>The way to the silos, if this gateway has one.</summary>
internal sealed class Cluster(IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const string AggregateInterface = "phoenix.IAggregateGrain";
    private const string TransactionInterface = "phoenix.ITransactionGrain";
    private static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(1);

    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    /// <exception cref="CommandFailedException">No silo hosts this kind of aggregate.</exception>
    public IAggregateGrain Grain(AggregateAddress address) => Grain<IAggregateGrain>(address, AggregateInterface);

    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    /// <exception cref="CommandFailedException">No silo hosts this kind of transaction.</exception>
    public ITransactionGrain Transaction(AggregateAddress address) => Grain<ITransactionGrain>(address, TransactionInterface);

    /// <summary>The transactions that have not ended.</summary>
    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    public ITransactionsGrain Transactions => Grains.GetGrain<ITransactionsGrain>(0);

    /// <summary>A publication.</summary>
    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    public IPublicationGrain Publication(string name) => Grains.GetGrain<IPublicationGrain>(name);

    private TGrain Grain<TGrain>(AggregateAddress address, string @interface) where TGrain : IAggregateGrain
    {
        var grains = Grains;
        var type = GrainType.Create(address.Aggregate);
        if (!Implements(type, @interface))
            throw new CommandFailedException(ErrorCodes.UnknownName, $"No silo hosts {(@interface == TransactionInterface ? "a transaction" : "an aggregate")} '{address.Aggregate}'. Check the name and that the domain's assembly is loaded.");
        return grains.GetGrain<TGrain>(GrainId.Create(type, IdSpan.Create(address.Id)));
    }

    /// <summary>A projection.</summary>
    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    public IProjectionGrain Projection(string name) => Grains.GetGrain<IProjectionGrain>(name);

    /// <summary>All dead letters.</summary>
    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    public IDeadLettersGrain DeadLetters => Grains.GetGrain<IDeadLettersGrain>(0);

    /// <summary>The switches of topics.</summary>
    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    public IConsumptionGrain Consumption => Grains.GetGrain<IConsumptionGrain>(0);

    /// <summary>The ledger's old rows.</summary>
    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    public ILedgerGrain Ledger => Grains.GetGrain<ILedgerGrain>(0);

    /// <summary>Timers and sends.</summary>
    /// <exception cref="UnavailableException">The gateway was started without a cluster, or has not reached it yet.</exception>
    public IDueGrain Due => Grains.GetGrain<IDueGrain>(0);

    private IGrainFactory Grains
    {
        get
        {
            var grains = services.GetService<IGrainFactory>() ?? throw new UnavailableException(
                "This gateway knows no silo, so it takes commands but answers nothing from aggregates. Set Phoenix:ConnectionString to the silos' database, or Phoenix:Cluster:Gateways to their gateway addresses.");
            return lifetime.ApplicationStarted.IsCancellationRequested
                ? grains
                : throw new UnavailableException("The gateway has not reached the cluster yet. Ask again when /health/ready says so.");
        }
    }

    /// <summary>
    /// What is wrong with a command, as a silo reads it; null when nothing is. A cluster that is away or does not answer soon is no reason
    /// to refuse: the command is handed over all the same and decided later.
    /// </summary>
    public async Task<CommandFailedException?> ProblemOf(AggregateAddress address, CommandMessage command, CancellationToken cancellation)
    {
        if (services.GetService<IGrainFactory>() is not { } grains || services.GetRequiredService<ClusterReach>().Silos == 0) return null;
        try
        {
            var check = grains.GetGrain<IMessageCheckGrain>(0).Check(address.Aggregate, command);
            return await check.WaitAsync(CheckPatience, time, cancellation) is { } problem ? new(problem.Code, problem.Message) : null;
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or CommandException or ArgumentException or InvalidOperationException)
        {
            // The silos may be older than this question.
            return null;
        }
    }

    // The path may name any grain type of the cluster; only aggregates are for callers of the gateway.
    private bool Implements(GrainType type, string @interface) =>
        services.GetRequiredService<IClusterManifestProvider>().Current.AllGrainManifests.Any(manifest =>
        manifest.Grains.TryGetValue(type, out var grain)
        && grain.Properties.Any(property => property.Key.StartsWith(
            WellKnownGrainTypeProperties.ImplementedInterfacePrefix, StringComparison.Ordinal) && property.Value == @interface));
}
