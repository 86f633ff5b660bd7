using System.Reflection;
using Phoenix.Health;
using Phoenix.Kafka;
using Phoenix.Local.Programs;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>The provider knows nothing of the rooms above, so the names they share are written down twice.</summary>
public sealed class HeaderNamesTests
{
    [Fact]
    public void the_wire_and_its_provider_spell_their_shared_headers_alike()
    {
        var wire = NamesOf(typeof(WireHeaders));
        var shared = NamesOf(typeof(CloudEventHeaders)).Where(header => wire.ContainsKey(header.Key)).ToList();

        Assert.True(shared.Count >= 10);
        Assert.All(shared, header => Assert.Equal(wire[header.Key], header.Value));
    }

    // Phoenix.Local knows nothing of them either.
    [Fact]
    public void a_host_tells_its_instance_by_the_name_that_is_looked_for() =>
        Assert.Equal(HealthEndpoints.InstanceHeader, ProgramProcess.InstanceHeader);

    private static Dictionary<string, string> NamesOf(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral).ToDictionary(field => field.Name, field => (string)field.GetRawConstantValue()!);
}
