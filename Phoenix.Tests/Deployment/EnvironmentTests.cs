using Microsoft.Extensions.Configuration;
using Orleans.Hosting.Kubernetes;
using Phoenix.Aggregates;
using Phoenix.Client;
using Phoenix.Gateway.Hosting;
using Phoenix.Gateway.ReadModels;
using Phoenix.Health;
using Phoenix.Hosting;
using Phoenix.Silo;
using Xunit;

namespace Phoenix.Tests.Deployment;

/// <summary>
/// Every environment variable in deploy/ is one that the program reads: bound to the options classes, unknown names being errors.
/// </summary>
public sealed class EnvironmentTests
{
    private static readonly Dictionary<string, Type> SiloSections = new()
    {
        [""] = typeof(PhoenixOptions),
        ["Aggregates"] = typeof(AggregateOptions),
        ["Health"] = typeof(HealthLimits),
        ["Shutdown"] = typeof(ShutdownOptions),
        ["Silo"] = typeof(SiloEndpointOptions),
        ["Cluster"] = typeof(PhoenixClusterOptions),
        ["Kubernetes"] = typeof(KubernetesOptions),
        ["Domains"] = typeof(string[]),
    };

    private static readonly Dictionary<string, Type> GatewaySections = new()
    {
        [""] = typeof(PhoenixGatewayOptions),
        ["Gateway"] = typeof(GatewayOptions),
        ["Client"] = typeof(PhoenixClientOptions),
        ["Cluster"] = typeof(ClusterConnectionOptions),
        ["Shutdown"] = typeof(ShutdownOptions),
        ["ReadModels"] = typeof(ReadModelOptions[]),
    };

    private static readonly string[] Foreign =
    [
        KubernetesHostingOptions.PodNameEnvironmentVariable, KubernetesHostingOptions.PodNamespaceEnvironmentVariable, KubernetesHostingOptions.PodIPEnvironmentVariable,
        KubernetesHostingOptions.ServiceIdEnvironmentVariable, KubernetesHostingOptions.ClusterIdEnvironmentVariable, "ASPNETCORE_HTTP_PORTS",
    ];

    public static TheoryData<string, string> Programs => new() { { "base", "silo" }, { "base", "gateway" }, { "production", "silo" }, { "production", "gateway" } };

    [Theory, MemberData(nameof(Programs))]
    public void variables_of_the_manifests_are_read_by_the_program(string overlay, string program)
    {
        var container = Manifests.Rendered(overlay).Single(resource => (string?)resource["kind"] == "Deployment" && (string?)resource["metadata"]!["name"] == program)["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Bind(program, container["env"]!.AsArray().Select(variable => KeyValuePair.Create((string)variable!["name"]!, (string?)variable["value"])));
    }

    [Theory]
    [InlineData("silo-0", "silo")]
    [InlineData("silo-1", "silo")]
    [InlineData("silo-2", "silo")]
    [InlineData("gateway", "gateway")]
    public void variables_of_the_compose_file_are_read_by_the_program(string service, string program)
    {
        var services = YamlFile.Read(Path.Combine(YamlFile.Deploy, "compose.yaml")).Single()["services"]!;
        Bind(program, services[service]!["environment"]!.AsObject().Select(variable => KeyValuePair.Create(variable.Key, (string?)variable.Value)));
    }

    [Fact]
    public void the_check_itself_finds_a_name_that_nobody_reads()
    {
        Assert.ThrowsAny<Exception>(() => Bind("silo", [KeyValuePair.Create("Phoenix__Silo__Prot", (string?)"1")]));
        Assert.ThrowsAny<Exception>(() => Bind("silo", [KeyValuePair.Create("Phoenix__Kafak", (string?)"k")]));
        Assert.ThrowsAny<Exception>(() => Bind("gateway", [KeyValuePair.Create("Phoenix__Domains__0", (string?)"k")]));
        Assert.ThrowsAny<Exception>(() => Bind("silo", [KeyValuePair.Create("PHOENIX_KAFKA", (string?)"k")]));
        Assert.ThrowsAny<Exception>(() => Bind("silo", [KeyValuePair.Create("Phoenix__Shutdown__NotReadyDelay", (string?)"soon")]));
    }

    [Fact]
    public void the_compose_file_has_three_silos_and_no_password_of_its_own()
    {
        var compose = YamlFile.Read(Path.Combine(YamlFile.Deploy, "compose.yaml")).Single();
        var silos = compose["services"]!.AsObject().Where(service => service.Key.StartsWith("silo-", StringComparison.Ordinal)).Select(service => service.Value!).ToList();
        Assert.Equal(3, silos.Count);
        Assert.All(silos, silo => Assert.True((bool)silo["read_only"]!));
        Assert.Contains("${POSTGRES_PASSWORD:?}", (string)compose["services"]!["postgres"]!["environment"]!["POSTGRES_PASSWORD"]!, StringComparison.Ordinal);
    }

    private static void Bind(string program, IEnumerable<KeyValuePair<string, string?>> variables)
    {
        var sections = program == "silo" ? SiloSections : GatewaySections;
        var own = variables.Where(variable => !Foreign.Contains(variable.Key)).ToList();
        Assert.All(own, variable => Assert.StartsWith("Phoenix__", variable.Key, StringComparison.Ordinal));
        foreach (var bySection in own.GroupBy(variable => SectionOf(sections, variable.Key)))
        {
            // A value that a secret gives, or that Kubernetes puts in, is not known here: any text is as good.
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(bySection.Select(variable =>
                KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)(variable.Value ?? "x")))).Build();
            var section = configuration.GetSection(bySection.Key.Length == 0 ? "Phoenix" : $"Phoenix:{bySection.Key}");
            Assert.NotNull(section.Get(sections[bySection.Key], binder => binder.ErrorOnUnknownConfiguration = true));
        }
    }

    private static string SectionOf(Dictionary<string, Type> sections, string variable) => variable.Split("__")[1] is var name && sections.ContainsKey(name) ? name : "";
}
