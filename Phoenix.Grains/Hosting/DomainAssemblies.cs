using System.Reflection;
using System.Runtime.Loader;

namespace Phoenix.Hosting;

/// <summary>Loads domains by assembly, so that a host needs no reference to them.</summary>
public static class DomainAssemblies
{
    /// <summary>
    /// Loads assemblies named by file path, or by name for those that lie beside the program. What an assembly needs is found beside it.
    /// </summary>
    /// <exception cref="ModelException">None is named, or one cannot be found or read; the message says which and where it was looked
    /// for.</exception>
    public static IReadOnlyList<Assembly> Load(IReadOnlyCollection<string> domains)
    {
        if (domains.Count == 0) throw new ModelException("No domain is configured. Name the assemblies that hold the aggregates: Phoenix:Domains:0 = My.Domain or /path/My.Domain.dll.");
        return [.. domains.Select(Load)];
    }

    private static Assembly Load(string domain)
    {
        var path = Path.IsPathRooted(domain) || domain.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            ? Path.GetFullPath(domain, AppContext.BaseDirectory)
            : Path.Combine(AppContext.BaseDirectory, $"{domain}.dll");
        if (!File.Exists(path)) throw new ModelException($"The domain '{domain}' was not found at '{path}'. Name an assembly beside the program, or give the full path of its file.");
        var dependencies = new AssemblyDependencyResolver(path);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            dependencies.ResolveAssemblyToPath(name) is { } found ? context.LoadFromAssemblyPath(found) : null;
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        }
        catch (BadImageFormatException exception)
        {
            throw new ModelException($"The domain '{path}' is no .NET assembly: {exception.Message}");
        }
    }
}
