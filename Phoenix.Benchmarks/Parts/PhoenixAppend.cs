using Microsoft.Extensions.DependencyInjection;
using Phoenix.Benchmarks.Domain;
using Phoenix.Benchmarks.Rig;
using Phoenix.EventStore;
using Phoenix.EventStore.Commits;

namespace Phoenix.Benchmarks.Parts;

/// <summary>The commit queue alone: decided commands with one event each, handed to the queue by callers who own their streams.</summary>
internal sealed class PhoenixAppend : IPart
{
    public const string Name = "phoenix-append";

    private readonly Loop _loop = new();
    private readonly SiloHost _silo;
    private readonly PartSettings _settings;
    private readonly CommitQueue _queue;
    private readonly string[] _streams;
    private readonly long[] _versions;
    private readonly int[] _next;

    private PhoenixAppend(SiloHost silo, PartSettings settings)
    {
        (_silo, _settings) = (silo, settings);
        _queue = silo.Services.GetRequiredService<CommitQueue>();
        _streams = [.. TallyIds.First(settings.Keys).Select(id => $"{Tally.Name}/{id}")];
        _versions = new long[settings.Keys];
        _next = [.. Enumerable.Range(0, settings.Callers)];
    }

    public static async Task<IPart> StartAsync(PartSettings settings) => new PhoenixAppend(await PhoenixSilo.StartAsync(settings), settings);

    public Task<RoundResult> RunAsync(RoundOrder order) => _loop.RunAsync(order, _settings.Callers, AppendAsync);

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    private async Task AppendAsync(int caller)
    {
        var stream = _next[caller];
        _next[caller] = stream + _settings.Callers < _streams.Length ? stream + _settings.Callers : caller;
        var version = _versions[stream];
        var id = Guid.CreateVersion7();
        var command = new CommandRecord
        {
            Id = id, Outcome = RecordedOutcome.Accepted, Name = AppendRow.Command, Source = AppendRow.Source, PayloadHash = AppendRow.PayloadHash,
            VersionBefore = version, VersionAfter = version + 1,
        };
        var @event = new EventRow(version + 1, Added.Name, AppendRow.Data, id.ToString(), null, null, null);
        var result = await _queue.CommitAsync(new StreamCommit(_streams[stream], version, [command], [@event]));
        if (!result.Committed) throw new PartFailedException($"A commit of '{_streams[stream]}' did not pass at version {version}.");
        _versions[stream] = version + 1;
    }
}
