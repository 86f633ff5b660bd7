using Npgsql;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>
/// A silo that forwards every event. With an order it publishes the whole log anew; with one that names a rate it decides commands at that
/// rate, whose events it publishes meanwhile.
/// </summary>
internal sealed class PhoenixPublish : IPart
{
    public const string Name = "phoenix-publish";

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly PartSettings _settings;
    private readonly TopicCount _topic;
    private readonly EventPasses _passes;
    private readonly RandomKeys _keys;
    private readonly ITallyGrain[] _tallies;

    private PhoenixPublish(SiloHost silo, PartSettings settings)
    {
        (_silo, _settings) = (silo, settings);
        _topic = new(settings.Kafka, PublishNames.Events(settings.Prefix));
        _passes = new(_topic, settings.Events);
        _keys = new(settings.Callers, settings.Keys);
        _tallies = [.. TallyIds.First(settings.Keys).Select(id => silo.Grains.GetGrain<ITallyGrain>(id))];
    }

    private IPublicationGrain Publication => _silo.Grains.GetGrain<IPublicationGrain>(Tally.Name);

    public static async Task<IPart> StartAsync(PartSettings settings)
    {
        var silo = await PhoenixSilo.StartAsync(settings, forwards: true);
        var part = new PhoenixPublish(silo, settings);
        await part.RunsAsync();
        if (settings.Events == 0) return part;

        // Else it would publish while the log is made.
        await part.Publication.Pause();
        await using var source = NpgsqlDataSource.Create(settings.Postgres);
        await StoredEvents.AddAsync(source, settings.Keys, settings.Events);
        return part;
    }

    public Task<RoundResult> RunAsync(RoundOrder order) => order.Rate is null
        ? _passes.RunAsync(order, BeginAnewAsync)
        : _loop.RunAsync(order, _settings.Callers, async caller =>
        {
            var outcome = await _tallies[_keys.Next(caller)].Execute(new Add(5));
            if (!outcome.IsAccepted) throw new PartFailedException($"A command was rejected: {outcome.Code}.");
        });

    public ValueTask DisposeAsync()
    {
        _topic.Dispose();
        return _silo.DisposeAsync();
    }

    private async Task BeginAnewAsync()
    {
        await Publication.Rewind(PublicationPlace.Beginning);
        await Publication.Resume();
    }

    private async Task RunsAsync()
    {
        using var rhythm = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while ((await Publication.Inspect()).State != "running") await rhythm.WaitForNextTickAsync();
    }
}
