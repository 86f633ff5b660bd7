using Phoenix.EventStore;
using Phoenix.Kafka;

namespace Phoenix.Subscribing;

/// <summary>
/// The commands of a record of which at least one has a tag: in the order of the converter, each tag read in pages by the table's key. Who
/// stands behind it is read as it goes: who stood there before the first page and stays is on one of them. Those that are for one aggregate
/// if it stands behind a tag are looked up together, as many as follow each other.
/// </summary>
/// <param name="subscription">The name of the subscription.</param>
/// <param name="commands">All commands of the record.</param>
/// <param name="tags">Tells who stands behind a tag.</param>
internal sealed class Broadcast(string subscription, IReadOnlyList<PreparedCommand> commands, ITags tags) : IMessagePages
{
    internal const int PageSize = 500;

    private int _next;
    private string _after = "";

    public IReadOnlyList<ReadOnlyMemory<byte>> Bodies { get; } = [.. commands.Select(command => command.Body)];

    public async Task<IReadOnlyList<ConvertedMessage>?> NextAsync(CancellationToken cancellationToken)
    {
        if (_next == commands.Count) return null;
        cancellationToken.ThrowIfCancellationRequested();
        var command = commands[_next];
        if (command.Tag is null)
        {
            _next++;
            return [command.To(command.Id)];
        }

        if (!command.IsToAll) return await FilteredAsync();
        var ids = await tags.PageAsync(subscription, command.Tag, command.Aggregate, _after, PageSize);
        // Moved on only now: a page that could not be read is read again.
        if (ids.Count < PageSize) (_next, _after) = (_next + 1, "");
        else _after = ids[^1];
        SubscriptionInstruments.Broadcast(subscription, ids.Count);
        return [.. ids.Select(command.To)];
    }

    public ConvertedMessage? Of(LetterTarget target) =>
        target.Ordinal < commands.Count && commands[target.Ordinal] is var command && command.Aggregate == target.StreamNamespace
            && (command.IsToAll || command.Id == target.Key) ? command.To(target.Key) : null;

    private async Task<IReadOnlyList<ConvertedMessage>> FilteredAsync()
    {
        List<PreparedCommand> few = [.. commands.Skip(_next).TakeWhile(command => command is { Tag: not null, IsToAll: false }).Take(PageSize)];
        var behind = await tags.BehindAsync(subscription, few.ConvertAll(Stream));
        _next += few.Count;
        List<ConvertedMessage> messages = [.. few.Where(command => behind.Contains(Stream(command))).Select(command => command.To(command.Id))];
        SubscriptionInstruments.Commands(subscription, messages.Count);
        return messages;

        static TaggedStream Stream(PreparedCommand command) => new(command.Tag!, command.Aggregate, command.Id);
    }
}
