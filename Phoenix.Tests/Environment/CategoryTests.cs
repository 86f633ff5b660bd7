using System.Reflection;
using Phoenix.Tests.EndToEnd;
using Xunit;

namespace Phoenix.Tests;

/// <summary>The fast part of the suite, <c>Category!=Servers</c>, starts no server.</summary>
public sealed class CategoryTests
{
    private static readonly Type[] Servers = [typeof(SharedPostgres), typeof(SharedKafka), typeof(SharedService)];

    [Fact]
    public void a_test_that_takes_a_server_says_so()
    {
        var silent = typeof(CategoryTests).Assembly.GetTypes()
            .Where(type => type.GetMethods().Any(method => method.GetCustomAttributes().OfType<FactAttribute>().Any()))
            .Where(type => type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Any(parameter => Servers.Contains(parameter.ParameterType)))
            .Where(type => !type.GetCustomAttributes<TraitAttribute>().Any(trait => (trait.Name, trait.Value) == ("Category", "Servers")))
            .Select(type => type.FullName);

        Assert.Empty(silent);
    }
}
