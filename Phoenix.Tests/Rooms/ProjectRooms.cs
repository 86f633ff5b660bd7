using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Phoenix.Tests.Rooms;

/// <summary>
/// The folders of a project and what they need of each other, as its compiled code says: an arrow for each type that a file names, or
/// extends an object by, and that stands in another folder.
/// </summary>
internal sealed class ProjectRooms
{
    // Folders of this name compose what stands in the others, so what they need is no arrow.
    private const string Composing = "Hosting";

    // The files beside the project file are its front: callers see them, and they compose what they need.
    private const string Front = ".";

    // What SDKs and packages put in front of every file.
    private static readonly SyntaxTree Usings = CSharpSyntaxTree.ParseText(string.Concat(((string[])
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Net.Http.Json", "System.Threading",
        "System.Threading.Tasks", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging", "Orleans", "Orleans.Hosting", "Orleans.Runtime",
    ]).Select(name => $"global using global::{name};\n")));

    private readonly string _folder;

    // Names of the project's types, and of methods that extend others, and the folders that have them.
    private readonly ILookup<string, string> _named;
    private readonly Dictionary<string, HashSet<string>> _arrows = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To), SortedSet<string>> _because = [];

    private ProjectRooms(string folder, IReadOnlyList<SyntaxTree> sources)
    {
        _folder = folder;
        _named = sources.SelectMany(source => Declared(source).Select(name => (Name: name, Room: RoomOf(source)))).Distinct()
            .ToLookup(one => one.Name, one => one.Room, StringComparer.Ordinal);
    }

    /// <summary>What each folder needs, by its path in the project.</summary>
    public IReadOnlyDictionary<string, HashSet<string>> Arrows => _arrows;

    /// <summary>Reads a project.</summary>
    /// <param name="projectFile">Its file.</param>
    /// <param name="assemblies">All assemblies that it may need; its own may be among them.</param>
    public static ProjectRooms Of(string projectFile, IEnumerable<PortableExecutableReference> assemblies)
    {
        var (name, folder) = (Path.GetFileNameWithoutExtension(projectFile), Path.GetDirectoryName(projectFile)!);
        var sources = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file)).ToList();
        var references = assemblies.Where(assembly => Path.GetFileNameWithoutExtension(assembly.FilePath) != name);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true);
        var compilation = CSharpCompilation.Create(name, [Usings, .. sources], references, options);
        var rooms = new ProjectRooms(folder, sources);
        foreach (var source in sources) rooms.Read(source, compilation);
        return rooms;
    }

    /// <summary>The folders that need, by way of others, themselves; those on one circle or on several that touch are together.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Circles()
    {
        var reached = _arrows.Keys.ToDictionary(room => room, Reached, StringComparer.Ordinal);
        return [.. _arrows.Keys.Where(room => reached[room].Contains(room))
            .GroupBy(room => string.Join(", ", reached[room].Where(other => reached[other].Contains(room)).Order(StringComparer.Ordinal)))
            .Select(circle => (IReadOnlyList<string>)[.. circle.Order(StringComparer.Ordinal)])];
    }

    /// <summary>Which types make the arrows among some folders; for people.</summary>
    public IEnumerable<string> Because(IReadOnlyList<string> rooms) =>
        from arrow in _because
        where rooms.Contains(arrow.Key.From) && rooms.Contains(arrow.Key.To)
        orderby arrow.Key.From, arrow.Key.To
        select $"{arrow.Key.From} -> {arrow.Key.To}: {string.Join(", ", arrow.Value)}";

    private HashSet<string> Reached(string from)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(_arrows[from]);
        while (open.TryPop(out var room))
        {
            if (!reached.Add(room)) continue;
            foreach (var next in _arrows[room]) open.Push(next);
        }

        return reached;
    }

    private void Read(SyntaxTree source, CSharpCompilation compilation)
    {
        var from = RoomOf(source);
        _arrows.TryAdd(from, new(StringComparer.Ordinal));
        if (from == Front || Path.GetFileName(from) == Composing) return;
        var model = compilation.GetSemanticModel(source);
        // Once for each name that may lead elsewhere: to learn what each word means takes long.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in source.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var text = name.Identifier.ValueText;
            if (seen.Contains(text) || _named[text].All(room => room == from)) continue;
            foreach (var type in NamedBy(model.GetSymbolInfo(name)))
            {
                // Another room may have one of this name, too.
                if (_named[text].Count() == 1) seen.Add(text);
                foreach (var place in type.DeclaringSyntaxReferences)
                    Add(from, RoomOf(place.SyntaxTree), $"{type.Name} in {Path.GetFileName(source.FilePath)}");
            }
        }
    }

    private void Add(string from, string to, string because)
    {
        if (to == from) return;
        _arrows.TryAdd(to, new(StringComparer.Ordinal));
        _arrows[from].Add(to);
        if (!_because.TryGetValue((from, to), out var all)) _because[(from, to)] = all = new(StringComparer.Ordinal);
        all.Add(because);
    }

    private string RoomOf(SyntaxTree source) => Path.GetRelativePath(_folder, Path.GetDirectoryName(source.FilePath)!).Replace('\\', '/');

    private static IEnumerable<string> Declared(SyntaxTree source) => source.GetRoot().DescendantNodes().Select(node => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        MethodDeclarationSyntax { ParameterList.Parameters: [var first, ..] } method when first.Modifiers.Any(SyntaxKind.ThisKeyword) =>
            method.Identifier.ValueText,
        _ => null,
    }).OfType<string>().SelectMany(name => name.EndsWith("Attribute", StringComparison.Ordinal)
        ? (string[])[name, name[..^"Attribute".Length]]
        : [name]);

    // What is wrong with the call (a partial method whose other half is generated) does not matter here.
    private static IEnumerable<INamedTypeSymbol> NamedBy(SymbolInfo info) =>
        (info.Symbol is { } symbol ? [symbol] : info.CandidateSymbols).Select(found => found switch
        {
            INamedTypeSymbol type => type.OriginalDefinition,
            IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => constructor.ContainingType.OriginalDefinition,
            IMethodSymbol { IsExtensionMethod: true } extension => extension.ContainingType.OriginalDefinition,
            _ => null,
        }).OfType<INamedTypeSymbol>();
}
