using Phoenix.Client;
using Phoenix.Client.Hosting;
using Phoenix.Gateway.Hosting;
using Phoenix.Gateway.ReadModels;
using Phoenix.Health;
using Phoenix.Hosting;
using Phoenix.SchemaRegistry;
using Phoenix.Silo;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>
/// docs/guides/hosting.md lists every option, as the classes are. To write it anew:
/// <c>PHOENIX_WRITE_DOCS=1 dotnet test --filter OptionsTableTests</c>.
/// </summary>
public sealed class OptionsTableTests
{
    private static readonly string Guide = Path.Combine(Repository.Root, "docs", "guides", "hosting.md");

    [Fact]
    public void the_guide_lists_every_option_of_a_silo()
    {
        var options = new PhoenixOptions();
        var registry = new SchemaRegistryOptions();
        Check("silo", new OptionsTable()
            .Add("Phoenix", options, () =>
                [.. options.Problems(), .. options.Aggregates.Problems([]), .. options.Publications.Problems([], [])])
            .Add("Phoenix:SchemaRegistry", registry, registry.Problems)
            .Add("Phoenix:Kubernetes", new KubernetesOptions(), static () => []));
    }

    [Fact]
    public void the_guide_lists_every_option_of_a_gateway()
    {
        var (options, client) = (new PhoenixGatewayOptions(), new PhoenixClientOptions());
        Check("gateway", new OptionsTable()
            .Add("Phoenix", options, () => [.. GatewayProblems.Of(options.Gateway), .. options.Cluster.Problems(),
                .. ReadModelCatalog.Problems(options.ReadModels)])
            .Add("Phoenix:Client", client, () => new PhoenixClientOptionsValidation().Validate(null, client).Failures ?? []));
    }

    [Fact]
    public void the_guide_lists_every_option_of_the_way_out()
    {
        var options = new ShutdownOptions();
        Check("shutdown", new OptionsTable().Add(ShutdownOptions.Section, options, options.Problems));
    }

    private static void Check(string name, OptionsTable table)
    {
        var text = File.ReadAllText(Guide);
        var (begin, end) = ($"<!-- options: {name} -->\n", $"<!-- end of options: {name} -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var to = text.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= begin.Length && to >= from, $"{Guide} has no place for the options '{name}'.");
        if (Environment.GetEnvironmentVariable("PHOENIX_WRITE_DOCS") == "1") File.WriteAllText(Guide, $"{text[..from]}{table}{text[to..]}");
        else Assert.Equal(table.ToString(), text[from..to]);
    }
}
