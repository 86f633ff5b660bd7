using System.Reflection;
using Xunit;

namespace Phoenix.Tests.Clustering;

/// <summary>
/// Orleans takes the grains of every referenced assembly, and a plain host does not start when two classes have one name. Only a host of
/// Phoenix tells them apart, and several tests start plain ones.
/// </summary>
public sealed class GrainNamesTests
{
    [Fact]
    public void no_two_grain_classes_of_this_process_have_one_name()
    {
        var twice = Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => Path.GetFileName(file) is var name && !name.StartsWith("System.", StringComparison.Ordinal)
                && !name.StartsWith("Microsoft.", StringComparison.Ordinal))
            .SelectMany(Grains)
            .GroupBy(grain => grain.Name)
            .Where(grains => grains.Count() > 1)
            .Select(grains => string.Join(" and ", grains.Select(grain => grain.FullName)));
        Assert.Empty(twice);
    }

    private static IEnumerable<Type> Grains(string file)
    {
        try
        {
            return Assembly.Load(AssemblyName.GetAssemblyName(file)).GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(Grain)));
        }
        catch (Exception error) when (error is BadImageFormatException or FileNotFoundException or FileLoadException or ReflectionTypeLoadException)
        {
            return [];
        }
    }
}
