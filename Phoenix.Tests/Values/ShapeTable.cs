using System.Collections.ObjectModel;
using Phoenix.Model;
using Phoenix.Tests.Model;

namespace Phoenix.Tests.Values;

/// <summary>The shapes, by name: what comes back, and what is refused because it would not.</summary>
public static class ShapeTable
{
    private const string Half = "\ud83d";
    private static readonly List<int> Shared = [1, 2, 3];

    private static readonly Dictionary<string, Plain> Plains = new()
    {
        ["nothing"] = new(),
        ["true"] = new(Bool: true),
        ["the smallest sbyte"] = new(SByte: sbyte.MinValue),
        ["a byte"] = new(Byte: 255),
        ["the smallest short"] = new(Short: short.MinValue),
        ["the largest ushort"] = new(UShort: ushort.MaxValue),
        ["the smallest int"] = new(Int: int.MinValue),
        ["the largest uint"] = new(UInt: uint.MaxValue),
        ["the smallest long"] = new(Long: long.MinValue),
        ["the largest long"] = new(Long: long.MaxValue),
        ["the largest ulong"] = new(ULong: ulong.MaxValue),
        ["the smallest number of 128 bits"] = new(Int128: System.Int128.MinValue),
        ["a decimal with trailing zeros"] = new(Decimal: 1.5000m),
        ["the largest decimal"] = new(Decimal: decimal.MaxValue),
        ["the smallest step of a decimal"] = new(Decimal: 0.0000000000000000000000000001m),
        ["zero with decimals"] = new(Decimal: 0.00m),
        ["a tenth"] = new(Double: 0.1),
        ["the largest double"] = new(Double: double.MaxValue),
        ["the smallest double"] = new(Double: double.Epsilon),
        ["a double with exponent"] = new(Double: 1.5e25),
        ["a double below zero with exponent"] = new(Double: -2.5e-17),
        ["negative zero"] = new(Double: -0.0),
        ["zero"] = new(Double: 0.0),
        ["the largest float"] = new(Float: float.MaxValue),
        ["a negative float of zero"] = new(Float: -0f),
        ["the smallest half"] = new(Half: System.Half.Epsilon),
        ["a character"] = new(Char: 'ü'),
        ["no text"] = new(Text: ""),
        ["text of every kind"] = new(Text: "\"\\/\b\f\n\r\t<>&'+\u2028\u007F\uFEFF"),
        ["text beyond the basic plane"] = new(Text: "\U0001F600 and \U0010FFFF"),
        ["text with a replacement character"] = new(Text: "\uFFFD"),
        ["text that looks like an escape"] = new(Text: "\\u0000 \\uFFFD"),
        ["spaces"] = new(Text: "  a  "),
        ["combining characters"] = new(Text: "e\u0301 is not \u00e9"),
        ["a GUID"] = new(Guid: new("6b0d0d5c-6a52-4a39-9d8c-0b0a7c1f2e3d")),
        ["a time in UTC"] = new(DateTime: new(2026, 3, 29, 1, 30, 0, 1, DateTimeKind.Utc)),
        ["a time without zone"] = new(DateTime: new(2026, 3, 29, 2, 30, 0, DateTimeKind.Unspecified)),
        ["the first time"] = new(DateTime: System.DateTime.MinValue),
        ["the last time"] = new(DateTime: System.DateTime.MaxValue),
        ["a time with offset"] = new(Moment: new(2026, 3, 29, 2, 30, 0, new(5, 45, 0))),
        ["a time with all its ticks"] = new(Moment: new(638_000_000_012_345_678, TimeSpan.Zero)),
        ["the first time with offset"] = new(Moment: DateTimeOffset.MinValue),
        ["a date"] = new(Date: new(2028, 2, 29)),
        ["a time of day"] = new(Time: new(23, 59, 59, 999, 999)),
        ["a negative span"] = new(Span: TimeSpan.MinValue),
        ["a span"] = new(Span: new(1, 2, 3, 4, 5, 6)),
        ["an enum"] = new(Level: Values.Level.High),
        ["an enum that has no name"] = new(Level: (Level)999),
        ["flags"] = new(Access: Values.Access.Read | Values.Access.Write),
        ["no flags"] = new(Access: Values.Access.None),
        ["a struct"] = new(Point: new(1, -2)),
        ["a mutable struct"] = new(Spot: new() { X = 3 }),
        ["an object"] = new(Named: new("n", 2.50m)),
        ["an object with defaults"] = new(Named: new("n")),
    };

    private static readonly Dictionary<string, Rich> Riches = new()
    {
        ["nothing rich"] = new(),
        ["bytes"] = new() { Bytes = [0, 1, 254, 255] },
        ["a relative address"] = new() { Uri = new("/a b?c=%2F#d", UriKind.Relative) },
        ["an address"] = new() { Uri = new("https://EXAMPLE.com:443/a/../b") },
        ["a version"] = new() { Version = new(1, 2, 3) },
        ["an array"] = new() { Array = [3, 1, 2] },
        ["an empty array"] = new() { Array = [] },
        ["an array of arrays"] = new() { Jagged = [[1], [], [2, 3]] },
        ["a list with nulls"] = new() { List = ["b", null, "a", ""] },
        ["decimals with scales"] = new() { ReadOnlyList = [1.0m, 1.00m, 1m] },
        ["a sequence"] = new() { Sequence = [2, 1] },
        ["a queue"] = new() { Queue = new([3, 1, 2]) },
        ["a linked list"] = new() { Linked = new([3, 1, 2]) },
        ["a collection"] = new() { Collection = [3, 1] },
        ["a set"] = new() { Set = ["b", "B", "a"] },
        ["a set that says ordinal"] = new() { Set = new(["b", "B"], StringComparer.Ordinal) },
        ["a set behind its interface"] = new() { AnySet = new HashSet<int>([3, 1, 2]) },
        ["a sorted set"] = new() { SortedSet = [3, 1, 2] },
        ["a dictionary, longer keys first"] = new() { Map = new() { ["longer"] = 1, ["b"] = 2, ["a"] = 3, [""] = 4 } },
        ["keys that look like metadata"] = new() { Map = new() { ["$type"] = 1, ["$id"] = 2, ["$ref"] = 3 } },
        ["keys of every kind"] = new() { Map = new() { ["ü"] = 1, ["zz"] = 2, ["\U0001F600"] = 3, ["\""] = 4, ["A"] = 5, ["a"] = 6 } },
        ["a dictionary behind its interface"] = new() { AnyMap = new Dictionary<string, Named> { ["bb"] = new("x"), ["a"] = new("y", 0.10m) } },
        ["numbers as keys"] = new() { ByNumber = new() { [10] = "ten", [-1] = "minus one", [9] = "nine" } },
        ["enums as keys"] = new() { ByLevel = new() { [Level.High] = 1e30, [Level.Low] = -0.0 } },
        ["doubles as keys"] = new() { ByDouble = new() { [-0.0] = "zero", [1e300] = "much" } },
        ["times as keys"] = new() { ByMoment = new() { [new(2026, 1, 1, 0, 0, 0, new(2, 0, 0))] = "t" } },
        ["dictionaries in a dictionary"] = new() { Nested = new() { ["bb"] = new() { ["dd"] = [2, 1], ["c"] = [] }, ["a"] = [] } },
        ["a sorted dictionary"] = new() { SortedMap = new() { ["b"] = 1, ["aa"] = 2 } },
        ["an immutable array"] = new() { ImmutableArray = [2, 1] },
        ["an immutable list"] = new() { ImmutableList = ["b", "a"] },
        ["an immutable dictionary"] = new() { ImmutableMap = System.Collections.Immutable.ImmutableDictionary<string, int>.Empty.Add("bb", 1).Add("a", 2) },
        ["an immutable set"] = new() { ImmutableSet = ["bb", "a", "c"] },
        ["pairs"] = new() { Pairs = [new("b", 1), new("a", 2), new("b", 3)] },
        ["a kind whose name sorts last"] = new() { Kind = new Long(1, "b") },
        ["a list of kinds"] = new() { Kinds = [new Short(1), new Long(2, "x"), new Short(3)] },
        ["a mutable object"] = new() { Mutable = new() { Count = 2, Items = [1, 2] } },
        ["a tree"] = new() { Tree = new("root", [new("a", [new("b", [])]), new("c", [])]) },
        ["a renamed member"] = new() { Renamed = new(5) },
        ["a chosen private constructor"] = new() { Chosen = new("four") },
        ["an included private field"] = new() { Hidden = Hidden.Of(7) },
        ["a required member"] = new() { Must = new() { Text = "there" } },
        ["fields"] = new() { Fields = new() { Left = 3 } },
        ["an object of an open type"] = new() { Item = new() { Name = "i" } },
        ["a set without what was removed"] = new() { Set = Without("b", ["a", "b", "c"]) },
    };

    private static readonly Dictionary<string, Func<IEvent>> Lossy = new()
    {
        ["half a surrogate pair"] = () => new PlainPut(new(Text: $"cut {Half}")),
        ["half a surrogate pair before a whole one"] = () => new PlainPut(new(Text: Half + "\U0001F600")),
        ["half a surrogate pair as a character"] = () => new PlainPut(new(Char: Half[0])),
        ["half a surrogate pair as a key"] = () => new RichPut(new() { Map = new() { [Half] = 1 } }),
        ["the character U+0000"] = () => new PlainPut(new(Text: "a\0b")),
        ["a number that is none"] = () => new PlainPut(new(Double: double.NaN)),
        ["an infinite number"] = () => new PlainPut(new(Float: float.PositiveInfinity)),
        ["a time of the machine's zone"] = () => new PlainPut(new(DateTime: new(2026, 1, 1, 0, 0, 0, DateTimeKind.Local))),
        ["a set with a comparer"] = () => new RichPut(new() { Set = new(["a"], StringComparer.OrdinalIgnoreCase) }),
        ["a set with a comparer behind its interface"] = () => new RichPut(new() { AnySet = new SortedSet<int>([1, 2], Comparer<int>.Create((one, other) => other - one)) }),
        ["a dictionary with a comparer"] = () => new RichPut(new() { Map = new(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 } }),
        ["an immutable set with a comparer"] = () => new RichPut(new() { ImmutableSet = System.Collections.Immutable.ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "a") }),
        ["a dictionary with a comparer inside another"] = () => new RichPut(new() { Nested = new() { ["a"] = new(StringComparer.OrdinalIgnoreCase) } }),
        ["a kind that nobody declared"] = () => new RichPut(new() { Item = (Item)Activator.CreateInstance(SpecialItem!.Value)! }),
        ["an endless tree"] = () => new RichPut(new() { Tree = Endless() }),
    };

    private static readonly Lazy<Type> SpecialItem = new(() => SourceDomain
        .Compile("public sealed class SpecialItem : Phoenix.Tests.Values.Item { public int Price { get; set; } = 5; }").GetType("SpecialItem", throwOnError: true)!);

    public static IReadOnlyCollection<string> Kept => [.. Plains.Keys, .. Riches.Keys, "the state's own list", "what is asked again each time"];

    public static IReadOnlyCollection<string> Refused => Lossy.Keys;

    public static IEvent Make(string name, Shapes state) => name switch
    {
        "the state's own list" => new RichPut(new() { Mutable = state.Rich?.Mutable ?? new() { Items = [.. Shared] } }),
        "what is asked again each time" => new RichPut(new() { Sequence = Enumerable.Range(1, 2).Select(number => number + (state.Seen.Count * 10)) }),
        _ when Plains.TryGetValue(name, out var plain) => new PlainPut(plain),
        _ when Riches.TryGetValue(name, out var rich) => new RichPut(rich),
        _ => Lossy[name](),
    };

    private static HashSet<string> Without(string item, HashSet<string> items)
    {
        items.Remove(item);
        items.Add("d");
        return items;
    }

    private static Tree Endless()
    {
        var branches = new Collection<Tree>();
        var tree = new Tree("round", branches);
        branches.Add(tree);
        return tree;
    }
}
