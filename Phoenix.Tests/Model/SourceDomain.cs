using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Phoenix.Dispatch;
using Xunit;

namespace Phoenix.Tests.Model;

/// <summary>
/// Domains written as text: types with mistakes must not be part of this assembly, or it could not be loaded as a domain itself.
/// </summary>
internal static class SourceDomain
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Text.Json.Serialization;
        using System.Threading;
        using System.Threading.Tasks;
        using Phoenix;
        using Phoenix.Aggregates;
        using Phoenix.Evolving;
        using Phoenix.Model;
        using Phoenix.TestKit;
        using Phoenix.Transactions;

        """;

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))]);

    public static Assembly Compile(string source) => Assembly.Load(ImageOf(source, References.Value));

    /// <summary>Compiles contracts and the rules that refer to them to two assemblies.</summary>
    public static (Assembly Contracts, Assembly Rules) CompileBoth(string contracts, string rules)
    {
        var image = ImageOf(contracts, References.Value);
        var loaded = Assembly.Load(image);
        AppDomain.CurrentDomain.AssemblyResolve += (_, wanted) => wanted.Name == loaded.FullName ? loaded : null;
        return (loaded, Assembly.Load(ImageOf(rules, [.. References.Value, MetadataReference.CreateFromImage(image)])));
    }

    private static byte[] ImageOf(string source, IEnumerable<MetadataReference> references)
    {
        using var image = new MemoryStream();
        var compilation = CSharpCompilation.Create(
            $"Domain{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(Usings + source)],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var errors = compilation.Emit(image).Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty(errors);
        return image.ToArray();
    }

    /// <summary>The error a host gives when it loads the domain.</summary>
    public static string MistakesIn(string source) => Assert.Throws<ModelException>(() => DomainModel.Of(Compile(source))).Message;

    /// <summary>The domain is loaded without an error.</summary>
    public static DomainModel Load(string source) => DomainModel.Of(Compile(source));

    /// <summary>Runs the static method <c>Specification.Run</c> of the source.</summary>
    public static void Run(string source) => Compile(source).GetType("Specification", throwOnError: true)!
        .GetMethod("Run", BindingFlags.Static | BindingFlags.Public)!
        .Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null);
}
