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
        var slices = await checkpoints.SlicesAsync(definition.Name, CancellationToken.None);
        var position = slices.Count == 0 ? 0 : slices.Min(one => one.Position);
        var (end, age) = await checkpoints.BacklogAsync(position, CancellationToken.None);
        var parked = new List<ParkedStream>();
        foreach (var one in slices) parked.AddRange(await checkpoints.ParkedAsync(one.Publication, CancellationToken.None));
        var views = slices.Select(View).ToArray();
        var error = slices.Where(one => one.LastError is not null).MaxBy(one => one.LastError!.Value.At)?.LastError;
        return new()
        {
            Name = definition.Name,
            Topic = definition.Topic,
            State = slices.Count == 0 ? "new" : Text(slices.Max(one => one.State)),
            Owner = views.Length == 1 ? views[0].Owner : null,
            Position = position,
            End = end,
            Run = slices.Count == 0 ? 0 : slices.Max(one => one.Run),
            Trouble = views.Select(one => one.Trouble).FirstOrDefault(trouble => trouble is not null),
            Parked = [.. parked.OrderBy(one => one.Since).Take(ParkedShown)
                .Select(one => new ParkedAggregate(one.Stream, one.Version, one.Type, one.Reason, one.Since))],
            UpdatedAt = slices.Count == 0 ? null : slices.Min(one => one.UpdatedAt),
            Lag = age,
            LagEvents = Math.Max(0, end - position),
            Rate = slices.Sum(one => one.Rate),
            LastError = error?.Reason,
            LastErrorAt = error?.At,
            Slices = views,
        };
    }

    private PublicationSliceView View(PublicationCheckpoint one) => new(
        one.Slice.Number, Text(one.State), one.IsLeased ? one.Owner : null, one.Position, one.IsLeased ? one.Rate : 0,
        one.Trouble ?? Missing(one));

    private static string Text(PublicationState state) => state.ToString().ToLowerInvariant();

    private string? Missing(PublicationCheckpoint one) =>
        one is { State: PublicationState.Running, IsLeased: false } && time.GetUtcNow() - one.UpdatedAt > Unowned
            ? $"No silo has published it since {one.UpdatedAt:O}. A silo that cannot take it over says so in its log."
            : null;

    public async Task Pause(string? reason = null) => Exists(await checkpoints.PauseAsync(Definition().Name, reason, CancellationToken.None));

    public async Task Resume() => Exists(await checkpoints.ResumeAsync(Definition().Name, CancellationToken.None));

    public async Task<long> CountSince(PublicationPlace place)
    {
        var definition = Definition();
        if (await checkpoints.SlicesAsync(definition.Name, CancellationToken.None) is not { Count: > 0 } slices) return 0;
        return await checkpoints.CountAsync(
            await PositionAsync(place), slices.Max(one => one.Position), definition.Aggregates, definition.Events, CancellationToken.None);
    }

    public async Task Rewind(PublicationPlace place)
    {
        var position = await PositionAsync(place);
        if (!await checkpoints.RewindAsync(Definition().Name, position, CancellationToken.None))
            throw new ArgumentException($"The publication '{Definition().Name}' has not come to position {position} yet; it can only go back.");
    }

    public async Task Divide(int slices)
    {
        if (slices is < 1 or > PublicationSlice.Most)
            throw new ArgumentException($"A publication has 1 to {PublicationSlice.Most} slices; found {slices}.");
        Exists(await checkpoints.DivideAsync(Definition().Name, slices, CancellationToken.None));
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
