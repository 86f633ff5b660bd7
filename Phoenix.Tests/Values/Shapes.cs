#pragma warning disable CA1051, CA1720 // Members are named after the types that they try.
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Phoenix.Aggregates;
using Phoenix.Model;

namespace Phoenix.Tests.Values;

/// <summary>Members of every type that comes back from JSON by itself.</summary>
public sealed record Plain(
    bool? Bool = null, sbyte? SByte = null, byte? Byte = null, short? Short = null, ushort? UShort = null, int? Int = null, uint? UInt = null, long? Long = null,
    ulong? ULong = null, Int128? Int128 = null, decimal? Decimal = null, double? Double = null, float? Float = null, Half? Half = null, char? Char = null,
    string? Text = null, Guid? Guid = null, DateTime? DateTime = null, DateTimeOffset? Moment = null, DateOnly? Date = null, TimeOnly? Time = null,
    TimeSpan? Span = null, Level? Level = null, Access? Access = null, Point? Point = null, Spot? Spot = null, Named? Named = null);

/// <summary>Members whose objects are looked at when they are stored.</summary>
public sealed record Rich
{
    public byte[]? Bytes { get; init; }
    public Uri? Uri { get; init; }
    public Version? Version { get; init; }
    public int[]? Array { get; init; }
    public int[][]? Jagged { get; init; }
    public List<string?>? List { get; init; }
    public IReadOnlyList<decimal>? ReadOnlyList { get; init; }
    public IEnumerable<int>? Sequence { get; init; }
    public Queue<int>? Queue { get; init; }
    public LinkedList<int>? Linked { get; init; }
    public Collection<int>? Collection { get; init; }
    public HashSet<string>? Set { get; init; }
    public ISet<int>? AnySet { get; init; }
    public SortedSet<int>? SortedSet { get; init; }
    public Dictionary<string, int>? Map { get; init; }
    public IReadOnlyDictionary<string, Named>? AnyMap { get; init; }
    public Dictionary<int, string>? ByNumber { get; init; }
    public Dictionary<Level, double>? ByLevel { get; init; }
    public Dictionary<double, string>? ByDouble { get; init; }
    public Dictionary<DateTimeOffset, string>? ByMoment { get; init; }
    public Dictionary<string, Dictionary<string, List<int>>>? Nested { get; init; }
    public SortedDictionary<string, int>? SortedMap { get; init; }
    public ImmutableArray<int>? ImmutableArray { get; init; }
    public ImmutableList<string>? ImmutableList { get; init; }
    public ImmutableDictionary<string, int>? ImmutableMap { get; init; }
    public ImmutableHashSet<string>? ImmutableSet { get; init; }
    public List<KeyValuePair<string, int>>? Pairs { get; init; }
    public Kind? Kind { get; init; }
    public List<Kind>? Kinds { get; init; }
    public Mutable? Mutable { get; init; }
    public Tree? Tree { get; init; }
    public Renamed? Renamed { get; init; }
    public Chosen? Chosen { get; init; }
    public Hidden? Hidden { get; init; }
    public Must? Must { get; init; }
    public Fields? Fields { get; init; }
    public Item? Item { get; init; }
}

public enum Level
{
    Low = 1,
    High = 2,
}

[Flags]
public enum Access
{
    None = 0,
    Read = 1,
    Write = 2,
}

public readonly record struct Point(int X, int Y);

public struct Spot
{
    public int X { get; set; }
}

public sealed record Named(string Name, decimal Worth = 1);

[JsonDerivedType(typeof(Long), "a-kind-with-a-long-name")]
[JsonDerivedType(typeof(Short), "s")]
public abstract record Kind(int A);

public sealed record Long(int A, string B) : Kind(A);

public sealed record Short(int A) : Kind(A);

public sealed class Mutable
{
    public int Count { get; set; }
    public List<int> Items { get; set; } = [];
}

public sealed record Tree(string Name, IReadOnlyList<Tree> Branches);

public sealed record Renamed([property: JsonPropertyName("other-name")] int Value);

public sealed record Chosen
{
    [JsonConstructor]
    private Chosen(int value) => Value = value;

    public Chosen(string text) : this(text.Length) { }

    public int Value { get; }
}

public sealed record Hidden
{
    [JsonInclude] private int _value;

    public static Hidden Of(int value) => new() { _value = value };

    public override string ToString() => $"{_value}";
}

public sealed record Must
{
    public required string Text { get; init; }
}

public sealed class Fields
{
    [JsonInclude] public int Left;
}

/// <summary>Open to kinds that nobody declared; one of them is nested in a test, in another assembly than this.</summary>
public class Item
{
    public string? Name { get; set; }
}

/// <summary>Makes an event of what it is named after.</summary>
[Command("tests.make-shape")] public sealed record MakeShape(string Name) : ICommand<IShapesGrain>;

[Command("tests.put-plain")] public sealed record PutPlain(Plain Value) : ICommand<IShapesGrain>;

[Command("tests.put-rich")] public sealed record PutRich(Rich Value) : ICommand<IShapesGrain>;

[Query("tests.get-shapes")] public sealed record GetShapes : IQuery<IShapesGrain, ShapesView>;

[Event("tests.plain-put")] public sealed record PlainPut(Plain Value) : IEvent;

[Event("tests.rich-put")] public sealed record RichPut(Rich Value) : IEvent;

public sealed record ShapesView(Plain? Plain, Rich? Rich, IReadOnlyList<string> Seen);

/// <summary>Keeps what it is given, and what it saw of it when it was applied.</summary>
public sealed class Shapes : Aggregate<IShapesGrain>
{
    [JsonInclude] public Plain? Plain { get; private set; }
    [JsonInclude] public Rich? Rich { get; private set; }
    [JsonInclude] public List<string> Seen { get; private set; } = [];

    public Decision Handle(MakeShape command) => Accept(ShapeTable.Make(command.Name, this));

    public Decision Handle(PutPlain command) => Accept(new PlainPut(command.Value));

    public Decision Handle(PutRich command) => Accept(new RichPut(command.Value));

    public void Apply(PlainPut @event)
    {
        Plain = @event.Value;
        Seen.Add(Plain.Double is { } number ? $"{1 / number}" : Plain.ToString());
    }

    public void Apply(RichPut @event)
    {
        // The state's own list may be the event's, too.
        var items = Rich?.Mutable?.Items;
        items?.Clear();
        if (@event.Value.Mutable is { } mutable) items?.AddRange(mutable.Items);
        Rich = @event.Value;
        foreach (var (name, value) in Rich.Map ?? []) Seen.Add($"{name}={value}");
        foreach (var name in Rich.Set ?? []) Seen.Add(name);
        foreach (var number in Rich.Sequence ?? []) Seen.Add($"{number}");
        foreach (var key in Rich.ByDouble ?? []) Seen.Add($"{1 / key.Key}");
        Seen.Add($"{items?.Count}");
    }

    public ShapesView Answer(GetShapes _) => new(Plain, Rich, Seen);
}

[Aggregate("tests.shapes")] public interface IShapesGrain : IAggregateGrain;

public sealed class ShapesGrain : AggregateGrain<Shapes>, IShapesGrain;
