using Phoenix.Dispatch;
using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Model;

/// <summary>Types that could be written and not read back, or not as they were, are mistakes that a host tells when it starts.</summary>
public sealed class RoundTripMistakeTests
{
    private static readonly Dictionary<string, (string Member, string Types, string Mistake)> Rows = new()
    {
        ["a stack"] = ("Stack<int> M", "", "comes back in reverse order"),
        ["a stack of any thread"] = ("System.Collections.Concurrent.ConcurrentStack<int> M", "", "comes back in reverse order"),
        ["an immutable stack"] = ("System.Collections.Immutable.ImmutableStack<int> M", "", "comes back in reverse order"),
        ["a stack in a list"] = ("List<Stack<int>> M", "", "comes back in reverse order"),
        ["a stack as a dictionary's value"] = ("Dictionary<string, Stack<int>> M", "", "comes back in reverse order"),
        ["a stack deep inside"] = ("Deep M", "public sealed record Deep(Deeper Deeper); public sealed record Deeper(Stack<int>? S);", "comes back in reverse order"),
        ["an ordered dictionary"] = ("OrderedDictionary<string, int> M", "", "loses its order"),
        ["two constructors"] = ("Two M", "public sealed record Two { public Two(int a) => A = a; public Two(int a, int b) => A = a + b; public int A { get; } }", "Two inside"),
        ["a constructor of other names"] = ("Other M", "public sealed record Other { public Other(int number) => A = number; public int A { get; } }", "parameter 'number'"),
        ["a constructor of another type"] = ("Other M", "public sealed record Other { public Other(string a) => A = a.Length; public int A { get; } }", "parameter 'a'"),
        ["a private constructor"] = ("Closed M", "public sealed record Closed { private Closed() { } public int A { get; init; } }", "put [JsonConstructor]"),
        ["a private constructor in a list"] = ("List<Closed> M", "public sealed record Closed { private Closed() { } public int A { get; init; } }", "put [JsonConstructor]"),
        ["a list with members of its own"] = ("Lines M", "public sealed class Lines : List<int> { public string? Owner { get; set; } }", "Lines.Owner would be lost"),
        ["a kind without declaration"] = ("Thing M", "public record Thing(int A); public sealed record Book(int A, int Pages) : Thing(A);", "Book would lose its own members"),
        ["a kind without declaration in a list"] = ("IReadOnlyList<Thing> M", "public record Thing(int A); public sealed record Book(int A, int Pages) : Thing(A);", "Book would lose"),
        ["a kind without a name"] = ("Thing M", "[JsonDerivedType(typeof(Book))] public record Thing(int A); public sealed record Book(int A, int Pages) : Thing(A);", "give its [JsonDerivedType] a name"),
        ["kinds that fall back"] = ("Thing M", """
            [JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType)] [JsonDerivedType(typeof(Book), "book")] public record Thing(int A);
            public sealed record Book(int A, int Pages) : Thing(A);
            """, "leave out UnknownDerivedTypeHandling"),
        ["a default that is left out"] = ("Left M", "public sealed record Left { [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int A { get; init; } = 5; }", "comes back as 5"),
    };

    private static readonly Dictionary<string, (string Member, string Types)> Sound = new()
    {
        ["a chosen constructor"] = ("Two M", "public sealed record Two { [JsonConstructor] public Two(int a) => A = a; public Two(int a, int b) => A = a + b; public int A { get; } }"),
        ["declared kinds"] = ("Thing M", "[JsonDerivedType(typeof(Book), \"b\")] public record Thing(int A); public sealed record Book(int A, int Pages) : Thing(A);"),
        ["a list with a name of its own"] = ("Lines M", "public sealed class Lines : List<int>;"),
        ["a converter of their own"] = ("[property: JsonConverter(typeof(Own))] Stack<int> M", """
            public sealed class Own : JsonConverter<Stack<int>>
            {
                public override Stack<int> Read(ref System.Text.Json.Utf8JsonReader reader, Type type, System.Text.Json.JsonSerializerOptions options) { reader.Skip(); return new(); }
                public override void Write(System.Text.Json.Utf8JsonWriter writer, Stack<int> value, System.Text.Json.JsonSerializerOptions options) => writer.WriteNullValue();
            }
            """),
        ["an ignored stack"] = ("int M", "public sealed record Unused { [JsonIgnore] public Stack<int>? S { get; set; } }"),
    };

    public static TheoryData<string, string> Mistakes => new(Rows.Keys.SelectMany(row => new[] { "event", "command", "query", "answer", "state" }, (row, role) => (row, role)));

    public static TheoryData<string> Kept => [.. Sound.Keys];

    [Theory, MemberData(nameof(Mistakes))]
    public void a_type_that_does_not_come_back_is_a_mistake(string row, string role) =>
        Assert.Contains(Rows[row].Mistake, MistakesIn(Domain(Rows[row].Member, role) + Rows[row].Types), StringComparison.Ordinal);

    [Theory, MemberData(nameof(Kept))]
    public void a_type_that_comes_back_is_none(string row) => Load(Domain(Sound[row].Member, "event") + Sound[row].Types);

    [Theory]
    [InlineData("System.Text.Json.JsonElement")]
    [InlineData("System.Text.Json.Nodes.JsonObject")]
    public void a_document_keeps_its_form_in_a_command_and_not_in_an_event(string type)
    {
        Load(Domain($"{type} M", "command"));
        Assert.Contains("another order of members", MistakesIn(Domain($"{type} M", "event")));
    }

    [Theory]
    [InlineData("public HashSet<string> Names { get; set; } = new(StringComparer.OrdinalIgnoreCase);", "has a comparer of its own")]
    [InlineData("public SortedDictionary<string, int> Names { get; set; } = new(StringComparer.Ordinal);", "has a comparer of its own")]
    [InlineData("public HashSet<string> Names { get; set; } = new(StringComparer.Ordinal); public double Share { get; set; } = double.NaN;", "infinity")]
    [InlineData("public int Count { get => _count; set => _count = value + 1; } [JsonIgnore] private int _count;", "count: written 0, read back 1")]
    public void a_state_that_does_not_come_back_as_it_begins(string members, string mistake) => Assert.Contains(
        mistake, MistakesIn($$"""[Aggregate("basket")] public interface IBasketGrain : IAggregateGrain; public sealed class Basket : Aggregate<IBasketGrain> { {{members}} }"""));

    [Theory]
    [InlineData("int A, string B, decimal? C, Guid D, DateTimeOffset E, Size F", true)]
    [InlineData("Line A, Line? B", true)]
    [InlineData("Loop? A", true)]
    [InlineData("List<int> A", false)]
    [InlineData("Settable A", false)]
    [InlineData("Thing A", false)]
    [InlineData("Grown A", false)]
    [InlineData("[property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int A", false)]
    [InlineData("Forgetful A", false)]
    [InlineData("Strict A", false)]
    public void only_what_the_type_proves_is_not_read_back(string members, bool isExact)
    {
        var domain = Load(Domain(members, "event") + """
            public enum Size { Small, Large }
            public sealed record Line(string Product, int Count) { public int Twice => 2 * Count; }
            public sealed record Loop(Loop? Next, int A);
            public sealed class Settable { public int A { get; set; } }
            public record Thing(int A);
            public sealed record Grown { public Grown(int a) => A = a + 1; public int A { get; } }
            public sealed record Forgetful(int A) { [JsonIgnore] public int B { get; init; } }
            public sealed record Strict(int A) { public int A { get; } = A > 100 ? A : throw new ArgumentException("Too small."); }
            """);
        Assert.Equal(isExact, ExactTypes.Is(domain.Aggregates["basket"].Events["basket.filled"].Type));
    }

    private static string Domain(string member, string role) => $$"""
        [Event("basket.filled")] public sealed record Filled({{(role == "event" ? member : "int M")}}) : IEvent;
        [Command("basket.fill")] public sealed record Fill({{(role == "command" ? member : "int M")}}) : ICommand<IBasketGrain>;
        [Query("basket.look")] public sealed record Look({{(role == "query" ? member : "int M")}}) : IQuery<IBasketGrain, View>;
        public sealed record View({{(role == "answer" ? member : "int M")}});
        public sealed record Held({{(role == "state" ? member : "int M")}});
        [Aggregate("basket")] public interface IBasketGrain : IAggregateGrain; public sealed class Basket : Aggregate<IBasketGrain>
        {
            public Held? Held { get; set; }
            public Decision Handle(Fill command) => Accept();
            public void Apply(Filled @event) { }
            public View Answer(Look query) => null!;
        }

        """;
}
