using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Model;

public sealed class JsonMistakeTests
{
    [Theory]
    [InlineData("public int Count { get; private set; }", "Count", "[JsonInclude] and a private one")]
    [InlineData("public List<string> Names { get; } = [];", "Names", "give it a public setter")]
    [InlineData("private int _count; public void Touch() => _count++;", "_count", "put [JsonInclude] on it")]
    [InlineData("internal int Count { get; set; }", "Count", "[JsonInclude]")]
    public void state_that_a_snapshot_would_lose(string member, string name, string advice)
    {
        var mistakes = MistakesIn(StateOf(member));

        Assert.Contains($"Basket.{name} would be lost in a snapshot:", mistakes);
        Assert.Contains(advice, mistakes);
    }

    [Theory]
    [InlineData("[JsonInclude] public int Count { get; private set; }")]
    [InlineData("[JsonInclude] private int _count; public int Count => _count;")]
    [InlineData("public Dictionary<string, decimal> Prices { get; set; } = [];")]
    [InlineData("[JsonIgnore] public int Count { get; private set; }")]
    [InlineData("public int? Count { get; set; } public Line? Line { get; set; } public Size? Size { get; set; }")]
    [InlineData("public IReadOnlyList<Line> Lines { get; set; } = [];")]
    [InlineData("public List<KeyValuePair<string, int>> Pairs { get; set; } = [];")]
    [InlineData("public HashSet<Guid> Seen { get; set; } = []; public Uri? Link { get; set; } public DateOnly Day { get; set; } public TimeSpan Age { get; set; }")]
    [InlineData("public int Count { get; set; } public int Twice => 2 * Count;")]
    [InlineData("public List<Basket>? Nested { get; set; }")]
    public void state_that_survives(string member) => Load(StateOf(member));

    [Theory]
    [InlineData("public (int Width, int Height) Size { get; set; }", "Item1")]
    [InlineData("public Pair Pair { get; set; }", "Left")]
    public void fields_deep_inside_a_state(string member, string name) => Assert.Contains(
        $".{name} would be lost in a snapshot", MistakesIn(StateOf(member) + "public struct Pair { public int Left; }"));

    [Fact]
    public void an_event_with_a_list_of_an_interface_type() => Assert.Contains(
        "IItem inside an event is written but cannot be read back: use a concrete type, or declare its kinds with [JsonDerivedType].",
        MistakesIn(EventWith("IReadOnlyList<IItem> Items") + "public interface IItem { string Name { get; } }"));

    [Fact]
    public void an_event_with_an_abstract_member() => Assert.Contains(
        "Item inside an event is written but cannot be read back", MistakesIn(EventWith("Item Item") + "public abstract record Item(string Name);"));

    [Fact]
    public void an_event_with_declared_kinds() => Load(EventWith("Item Item") + """
        [JsonDerivedType(typeof(Book), "book")] public abstract record Item(string Name);
        public sealed record Book(string Name, int Pages) : Item(Name);
        """);

    [Fact]
    public void a_declared_kind_that_loses_a_member() => Assert.Contains("Book.Pages would be lost in an event", MistakesIn(EventWith("Item Item") + """
        [JsonDerivedType(typeof(Book), "book")] public abstract record Item(string Name);
        public sealed record Book(string Name) : Item(Name) { public int Pages { get; private set; } }
        """));

    [Fact]
    public void an_event_with_an_untyped_member() => Assert.Contains("System.Object inside an event comes back as a JsonElement", MistakesIn(EventWith("object Item")));

    [Fact]
    public void an_event_with_a_collection_that_cannot_be_read() => Assert.Contains(
        "cannot be stored as JSON in an event", MistakesIn(EventWith("System.Collections.ObjectModel.ReadOnlyCollection<int> Items")));

    [Fact]
    public void an_event_with_a_delegate() => Assert.Contains("cannot be stored as JSON in an event", MistakesIn(EventWith("Action Callback")));

    [Fact]
    public void a_command_that_loses_a_member() => Assert.Contains("Fill.Note would be lost in a command", MistakesIn("""
        [Command("basket.fill")] public sealed record Fill(int Count) : ICommand<IBasketGrain> { public string? Note { get; private set; } }
        [Aggregate("basket")] public interface IBasketGrain : IAggregateGrain; public sealed class Basket : Aggregate<IBasketGrain> { public Decision Handle(Fill command) => Accept(); }
        """));

    [Fact]
    public void another_type_of_a_member_is_another_fingerprint()
    {
        var fingerprints = new[] { "int Count", "long Count", "int? Count", "long? Count", "Line Count", "List<int> Count", "List<Line> Count", "int Number" }
            .Select(member => Load(StateOf($"public {member} {{ get; set; }}")).Aggregates["basket"].StateFingerprint);

        Assert.Distinct(fingerprints);
    }

    [Fact]
    public void the_fingerprint_does_not_depend_on_the_order_of_members() => Assert.Equal(
        Load(StateOf("public int A { get; set; } public string? B { get; set; }")).Aggregates["basket"].StateFingerprint,
        Load(StateOf("public string? B { get; set; } public int A { get; set; }")).Aggregates["basket"].StateFingerprint);

    private static string StateOf(string members) => $$"""
        [Aggregate("basket")] public interface IBasketGrain : IAggregateGrain; public sealed class Basket : Aggregate<IBasketGrain> { {{members}} }
        public sealed record Line(string Product, int Count);
        public readonly record struct Size(int Width, int Height);

        """;

    private static string EventWith(string parameter) => $$"""
        [Event("basket.filled")] public sealed record Filled({{parameter}}) : IEvent;
        [Aggregate("basket")] public interface IBasketGrain : IAggregateGrain; public sealed class Basket : Aggregate<IBasketGrain> { public void Apply(Filled @event) { } }

        """;
}
