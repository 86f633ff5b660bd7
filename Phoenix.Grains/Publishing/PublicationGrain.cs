using Orleans.Concurrency;
using Phoenix.EventStore;

namespace Phoenix.Publishing;

/// <summary>Acts on the rows of a publication; whoever publishes finds its epoch gone.</summary>
[StatelessWorker]
internal sealed class PublicationGrain(PublicationCatalog catalog, IPublicationCheckpoints checkpoints, ILogFollower log, TimeProvider time)
    : Grain, IPublicationGrain
{
    private const int ParkedShown = 100;

    // A silo that may take it over asks more often; both clocks are looked at.
    private static readonly TimeSpan Unowned = TimeSpan.FromSeconds(10);

    public async Task<PublicationView> Inspect()
    {
        var definition = Definition();
        var stored = await checkpoints.FindAsync(definition.Name, CancellationToken.None);
        var (end, age) = await checkpoints.BacklogAsync(stored?.Position ?? 0, CancellationToken.None);
        var parked = await checkpoints.ParkedAsync(definition.Name, CancellationToken.None);
        return new()
        {
            Name = definition.Name,
            Topic = definition.Topic,
            State = stored is null ? "new" : stored.State.ToString().ToLowerInvariant(),
            Owner = stored is { IsLeased: true } ? stored.Owner : null,
            Position = stored?.Position ?? 0,
            End = end,
            Run = stored?.Run ?? 0,
            Trouble = stored?.Trouble ?? Missing(stored),
            Parked = [.. parked.Take(ParkedShown).Select(one => new ParkedAggregate(one.Stream, one.Version, one.Type, one.Reason, one.Since))],
            UpdatedAt = stored?.UpdatedAt,
            Lag = age,
            LagEvents = Math.Max(0, end - (stored?.Position ?? 0)),
        };
    }

    private string? Missing(PublicationCheckpoint? stored) =>
        stored is { State: PublicationState.Running, IsLeased: false } && time.GetUtcNow() - stored.UpdatedAt > Unowned
            ? $"No silo has published it since {stored.UpdatedAt:O}. A silo that cannot take it over says so in its log."
            : null;

    public async Task Pause(string? reason = null) => Exists(await checkpoints.PauseAsync(Definition().Name, reason, CancellationToken.None));

    public async Task Resume() => Exists(await checkpoints.ResumeAsync(Definition().Name, CancellationToken.None));

    public async Task<long> CountSince(PublicationPlace place)
    {
        var definition = Definition();
        if (await checkpoints.FindAsync(definition.Name, CancellationToken.None) is not { } stored) return 0;
        return await checkpoints.CountAsync(
            await PositionAsync(place), stored.Position, definition.Aggregates, definition.Events, CancellationToken.None);
    }

    public async Task Rewind(PublicationPlace place)
    {
        var position = await PositionAsync(place);
        if (!await checkpoints.RewindAsync(Definition().Name, position, CancellationToken.None))
            throw new ArgumentException($"The publication '{Definition().Name}' has not come to position {position} yet; it can only go back.");
    }

    private async Task<long> PositionAsync(PublicationPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (place.Time is { } time) return await checkpoints.PositionAtAsync(time, await log.SafeAsync(CancellationToken.None), CancellationToken.None);
        if (place.Stream is { } stream)
        {
            return await checkpoints.PositionBeforeAsync(stream, place.Version, CancellationToken.None)
                ?? throw new ArgumentException($"There is no event with which '{stream}' had version {place.Version}.");
        }

        return place.Sequence >= 0 ? place.Sequence : throw new ArgumentException($"A position is at least 0; found {place.Sequence}.");
    }

    private PublicationDefinition Definition() => catalog.All.TryGetValue(this.GetPrimaryKeyString(), out var definition)
        ? definition
        : throw new ArgumentException($"There is no publication '{this.GetPrimaryKeyString()}'. There are: {string.Join(", ", catalog.All.Keys.Order())}.");

    private void Exists(bool changed)
    {
        if (!changed) throw new ArgumentException($"The publication '{Definition().Name}' has not run yet.");
    }
}
