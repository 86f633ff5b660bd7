using Phoenix.Due;
using Phoenix.EventStore;

namespace Phoenix.DeadLetters;

/// <summary>What one letter is replayed or discarded by: what it is decides.</summary>
internal sealed class LetterVerbs(
    IGrainFactory grains, LetterQueries queries, LetterTable table, LetterSettling settling, LetterAudit audit, LetterSending sending)
{
    private const string Gone = "There is no such letter any more.";

    /// <exception cref="InvalidOperationException">It cannot be; the message says why.</exception>
    public async Task ReplayAsync(LetterName name, string id, LetterChange change)
    {
        var note = new LetterNote(change.Principal, "replay", id, change.Reason);
        if (name.Place is { } place) await ReplayAsync(place, note);
        else if (name.IsDue)
            Require(Generation(name) is { } generation && await settling.AgainAsync(name.First, name.Second, generation, note), Gone);
        else
        {
            // Before anything changes: it may be done although the answer is lost.
            Require(await queries.FindAsync(OpenTransactions.Kind, name) is not null, Gone);
            await audit.AddAsync(note.Principal, note.Verb, note.Subject, 1, note.Reason);
            if (name.Kind == LetterKind.Publication) await ResumeAsync(grains.GetGrain<IPublicationGrain>(PublicationOf(name)));
            else await TransactionOf(name).Resume();
        }
    }

    /// <exception cref="InvalidOperationException">It cannot be; the message says why.</exception>
    public async Task DiscardAsync(LetterName name, string id, LetterChange change)
    {
        var note = new LetterNote(change.Principal, "discard", id, change.Reason);
        if (name.Place is { } place)
        {
            if (await settling.SettleAsync(place, LetterState.Discarded, note)) return;
            var letter = await FindAsync(place);
            throw new InvalidOperationException($"The letter is {LetterFilters.StateOf(letter.State)} already.");
        }

        if (name.IsDue)
            Require(Generation(name) is { } generation && await settling.DiscardAsync(name.First, name.Second, generation, note), Gone);
        else
            throw new InvalidOperationException(name.Kind == LetterKind.Publication
                ? "An event is published or waits: mend the publication's rules and replay it, or let 'Selects' leave the event out."
                : "A transaction goes on, back, or past a step: use its own verbs 'resume', 'turn-back' or 'skip'.");
    }

    private async Task ReplayAsync(LetterPlace place, LetterNote note)
    {
        var letter = await FindAsync(place);
        Require(letter.State != LetterState.Discarded, "The letter was discarded; it is not replayed any more.");
        await await sending.HandOverAsync(letter, CancellationToken.None);
        await settling.SettleAsync(place, LetterState.Replayed, note);
    }

    private async Task<Letter> FindAsync(LetterPlace place) => await table.FindAsync(place) ?? throw new InvalidOperationException(Gone);

    private static async Task ResumeAsync(IPublicationGrain publication)
    {
        var view = await publication.Inspect();
        Require(view.State != "paused",
            $"The publication '{view.Name}' is paused: {view.Trouble}. Resume it, which tries the letter again.");
        await publication.Resume();
    }

    // A row of one that is divided names the slice behind a mark.
    private static string PublicationOf(LetterName name) => name.First.Split('#')[0];

    private ITransactionGrain TransactionOf(LetterName name)
    {
        var slash = name.First.IndexOf('/', StringComparison.Ordinal);
        Require(slash > 0, Gone);
        return grains.GetGrain<ITransactionGrain>(GrainId.Create(name.First[..slash], name.First[(slash + 1)..]));
    }

    private static Guid? Generation(LetterName name) => Guid.TryParse(name.Guard, out var generation) ? generation : null;

    private static void Require(bool condition, string otherwise)
    {
        if (!condition) throw new InvalidOperationException(otherwise);
    }
}
