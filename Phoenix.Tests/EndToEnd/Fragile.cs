using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Model;

namespace Phoenix.Tests.EndToEnd;

[Command("test.note")] public sealed record Note(string Text) : ICommand<IFragileGrain>;

[Command("test.echo")] public sealed record Echo(string Text) : ICommand<IFragileGrain>;

[Command("test.refuse")] public sealed record Refuse(string Why) : ICommand<IFragileGrain>;

[Command("test.throw")] public sealed record Throw : ICommand<IFragileGrain>;

[Command("test.never-return")] public sealed record NeverReturn : ICommand<IFragileGrain>;

/// <summary>A command whose own constructor objects to some messages.</summary>
[Command("test.picky")]
public sealed record Picky : ICommand<IFragileGrain>
{
    public Picky(int size) => Size = size < 0 ? throw new InvalidOperationException("No negative size.") : size;

    public int Size { get; }
}

[Query("test.last")] public sealed record Last : IQuery<IFragileGrain, string>;

[Query("test.fail")] public sealed record Fail : IQuery<IFragileGrain, string>;

[Event("test.noted")] public sealed record Noted(string Text) : IEvent;

/// <summary>An aggregate that fails on demand.</summary>
public sealed class Fragile : Aggregate<IFragileGrain>
{
    /// <summary>The ids of those whose fault, which was found in production, is mended by now. Tests run side by side.</summary>
    internal static ConcurrentDictionary<string, bool> Mended { get; } = new();

    [JsonInclude] public string LastText { get; private set; } = "";

    public Decision Handle(Note command) => Accept(new Noted(command.Text)).WithReply(command.Text.Length);

    public Decision Handle(Echo command) => Accept(new Noted("echo")).WithReply(command.Text);

    public Decision Handle(Refuse command) => Reject("refused", $"Refused: {command.Why}");

    public Decision Handle(Throw _, CommandContext context) => Mended.ContainsKey(context.AggregateId) ? Accept(new Noted("mended")) : throw new InvalidOperationException("Out of order.");

    public Task<Decision> Handle(NeverReturn _) => new TaskCompletionSource<Decision>().Task;

    public Decision Handle(Picky command) => Accept(new Noted($"size {command.Size}"));

    public void Apply(Noted @event) => LastText = @event.Text;

    public string Answer(Last _) => LastText;

    public string Answer(Fail _) => throw new InvalidOperationException("No answer.");
}

[Aggregate("test.fragile")] public interface IFragileGrain : IAggregateGrain;

public sealed class FragileGrain : AggregateGrain<Fragile>, IFragileGrain;
