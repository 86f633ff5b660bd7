using Orleans.EventSourcing;
using Orleans.EventSourcing.CustomStorage;
using Orleans.Providers;
using Phoenix.EventStore;

namespace Phoenix.Tests.Log;

public sealed record Jotted(string Text);

[GenerateSerializer]
public sealed class Notes
{
    [Id(0)] public List<string> Lines { get; set; } = [];

    public void Apply(Jotted jotted) => Lines.Add(jotted.Text != "unbearable" ? jotted.Text : throw new InvalidOperationException("Not that one."));
}

public interface INotebookGrain : IGrainWithStringKey
{
    Task<int> Jot(string text);

    /// <summary>Raises the second while the first is being confirmed, then confirms it.</summary>
    Task<(bool First, bool Second)> JotWhileConfirming(string first, string second);

    Task<bool> JotIfUnchanged(string text);

    Task<List<string>> Read(bool refresh);

    Task<List<string>> Confirmed();
}

/// <summary>A plain <c>JournaledGrain</c>, written as Orleans' documentation does.</summary>
public abstract class NotebookBase : JournaledGrain<Notes, Jotted>, INotebookGrain
{
    public async Task<int> Jot(string text)
    {
        RaiseEvent(new Jotted(text));
        await ConfirmEvents();
        return Version;
    }

    public async Task<(bool First, bool Second)> JotWhileConfirming(string first, string second)
    {
        RaiseEvent(new Jotted(first));
        var confirming = ConfirmEvents();
        RaiseEvent(new Jotted(second));
        return (await Succeeds(confirming), await Succeeds(ConfirmEvents()));
    }

    public Task<bool> JotIfUnchanged(string text) => RaiseConditionalEvent(new Jotted(text));

    public async Task<List<string>> Read(bool refresh)
    {
        if (refresh) await RefreshNow();
        return [.. State.Lines];
    }

    public async Task<List<string>> Confirmed() => [.. (await RetrieveConfirmedEvents(0, Version)).Select(jotted => jotted.Text)];

    protected override void TransitionState(Notes state, Jotted @event) => state.Apply(@event);

    private static async Task<bool> Succeeds(Task task)
    {
        try
        {
            await task;
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}

[GrainType("tests.notebook"), LogConsistencyProvider(ProviderName = "Marten")]
public sealed class NotebookGrain : NotebookBase;

/// <summary>The same on what Orleans offers for it: <c>CustomStorage</c>, here over Marten sessions.</summary>
[GrainType("tests.stock-notebook"), LogConsistencyProvider(ProviderName = "CustomStorage")]
public sealed class StockNotebookGrain(ILogStore store) : NotebookBase, ICustomStorageInterface<Notes, Jotted>
{
    private string Stream => $"stock/{this.GetPrimaryKeyString()}";

    public async Task<KeyValuePair<int, Notes>> ReadStateFromStorage()
    {
        await using var session = store.QuerySession();
        var notes = new Notes();
        var events = await session.Events.FetchStreamAsync(Stream);
        foreach (var @event in events) notes.Apply((Jotted)@event.Data);
        return new(events.Count, notes);
    }

    public async Task<bool> ApplyUpdatesToStorage(IReadOnlyList<Jotted> updates, int expectedVersion)
    {
        await using var session = store.LightweightSession();
        session.Events.Append(Stream, expectedVersion + updates.Count, updates);
        await session.SaveChangesAsync();
        return true;
    }
}
