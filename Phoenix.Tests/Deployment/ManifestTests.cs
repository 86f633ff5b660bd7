using System.Text.Json.Nodes;
using k8s.Models;
using Phoenix.Health;
using Xunit;

namespace Phoenix.Tests.Deployment;

/// <summary>What deploy/kubernetes becomes, held to the Kubernetes types and to what the programs are.</summary>
public sealed class ManifestTests
{
    public static TheoryData<string> Overlays => ["base", "production"];

    [Theory, MemberData(nameof(Overlays))]
    public void every_field_is_one_of_kubernetes_and_none_required_is_missing(string overlay)
    {
        var resources = Manifests.Rendered(overlay);
        Assert.Equal(11, resources.Count);
        foreach (var resource in resources) Assert.NotNull(Manifests.Typed(resource));
        Assert.Empty(resources.SelectMany(resource => RequiredFields.Missing(resource, Manifests.TypeOf(resource), $"{resource["kind"]} {resource["metadata"]!["name"]}")));
    }

    [Fact]
    public void the_check_itself_finds_unknown_fields_wrong_types_and_missing_ones()
    {
        JsonObject Silo() => Manifests.Rendered("base").First(resource => (string?)resource["kind"] == "Deployment" && (string?)resource["metadata"]!["name"] == "silo");
        var misspelt = Silo();
        misspelt["spec"]!["template"]!["spec"]!["containers"]![0]!["livenesProbe"] = new JsonObject();
        var wrong = Silo();
        wrong["spec"]!["replicas"] = "three";
        var missing = Silo();
        missing["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject().Remove("name");
        Assert.ThrowsAny<Exception>(() => Manifests.Typed(misspelt));
        Assert.ThrowsAny<Exception>(() => Manifests.Typed(wrong));
        Assert.Equal(["silo.spec.template.spec.containers[0].name is missing"], RequiredFields.Missing(missing, typeof(V1Deployment), "silo"));
    }

    [Theory, MemberData(nameof(Overlays))]
    public void selectors_budgets_and_policies_choose_pods_that_exist(string overlay)
    {
        var pods = Manifests.Typed<V1Deployment>(overlay).Select(deployment => deployment.Spec.Template.Metadata.Labels).ToList();
        var selectors = Manifests.Typed<V1Deployment>(overlay).Select(deployment => deployment.Spec.Selector.MatchLabels)
            .Concat(Manifests.Typed<V1Deployment>(overlay).SelectMany(deployment => deployment.Spec.Template.Spec.TopologySpreadConstraints).Select(spread => spread.LabelSelector.MatchLabels))
            .Concat(Manifests.Typed<V1Service>(overlay).Select(service => service.Spec.Selector))
            .Concat(Manifests.Typed<V1PodDisruptionBudget>(overlay).Select(budget => budget.Spec.Selector.MatchLabels))
            .Concat(Manifests.Typed<V1NetworkPolicy>(overlay).Select(policy => policy.Spec.PodSelector.MatchLabels));
        Assert.All(selectors, selector => Assert.Contains(pods, labels => selector.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value)));
        Assert.All(Manifests.Typed<V1Deployment>(overlay), deployment =>
            Assert.Contains(Manifests.Typed<V1ServiceAccount>(overlay), account => account.Metadata.Name == deployment.Spec.Template.Spec.ServiceAccountName));
    }

    [Theory, MemberData(nameof(Overlays))]
    public void nothing_runs_as_root_writes_to_its_image_or_keeps_a_capability(string overlay) => Assert.All(Manifests.Typed<V1Deployment>(overlay), deployment =>
    {
        var (pod, container) = (deployment.Spec.Template.Spec, Assert.Single(deployment.Spec.Template.Spec.Containers));
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.Equal((false, true), (container.SecurityContext.AllowPrivilegeEscalation, container.SecurityContext.ReadOnlyRootFilesystem));
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
    });

    [Theory, MemberData(nameof(Overlays))]
    public void probes_are_at_the_health_endpoints_and_the_grace_period_covers_the_drain(string overlay) => Assert.All(Manifests.Typed<V1Deployment>(overlay), deployment =>
    {
        var container = deployment.Spec.Template.Spec.Containers[0];
        Assert.Equal(("/health/live", "/health/live", "/health/ready"), (container.StartupProbe.HttpGet.Path, container.LivenessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Path));
        Assert.All([container.StartupProbe, container.LivenessProbe, container.ReadinessProbe], probe =>
            Assert.Equal(8080, container.Ports.Single(port => port.Name == probe.HttpGet.Port).ContainerPort));

        var shutdown = new ShutdownOptions
        {
            NotReadyDelay = TimeSpan.Parse(Value("NotReadyDelay"), System.Globalization.CultureInfo.InvariantCulture),
            DrainTimeLimit = TimeSpan.Parse(Value("DrainTimeLimit"), System.Globalization.CultureInfo.InvariantCulture),
        };
        var noticed = container.ReadinessProbe.PeriodSeconds!.Value * container.ReadinessProbe.FailureThreshold!.Value;
        Assert.InRange(shutdown.NotReadyDelay.TotalSeconds, noticed, 30);
        Assert.InRange(deployment.Spec.Template.Spec.TerminationGracePeriodSeconds!.Value, (shutdown.NotReadyDelay + shutdown.DrainTimeLimit).TotalSeconds + 10, 120);

        string Value(string name) => container.Env.Single(variable => variable.Name == $"Phoenix__Shutdown__{name}").Value;
    });

    [Theory, MemberData(nameof(Overlays))]
    public void secrets_come_by_reference_and_rights_are_the_least(string overlay)
    {
        var variables = Manifests.Typed<V1Deployment>(overlay).SelectMany(deployment => deployment.Spec.Template.Spec.Containers[0].Env).ToList();
        string[] secret = ["ConnectionString", "password", "Token"];
        Assert.All(variables.Where(variable => secret.Any(word => variable.Name.EndsWith(word, StringComparison.OrdinalIgnoreCase))), variable => Assert.NotNull(variable.ValueFrom?.SecretKeyRef));
        var rule = Assert.Single(Assert.Single(Manifests.Typed<V1Role>(overlay)).Rules);
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["get", "list", "watch"], rule.Verbs);
        Assert.False(Manifests.Typed<V1ServiceAccount>(overlay).Single(account => account.Metadata.Name == "gateway").AutomountServiceAccountToken);
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task kustomize_renders_the_same(string overlay)
    {
        Assert.SkipUnless(Kubectl.IsInstalled, "Needs kubectl, which has kustomize in it.");
        var theirs = YamlFile.Parse(await Kubectl.KustomizeAsync(Manifests.Folder(overlay))).Select(Key).Order(StringComparer.Ordinal);
        var ours = Manifests.Rendered(overlay).Select(Key).Order(StringComparer.Ordinal);
        Assert.Equal(theirs, ours);

        static string Key(JsonNode resource) => $"{resource["kind"]}/{resource["metadata"]!["name"]}: {Sorted(resource)!.ToJsonString()}";
        static JsonNode? Sorted(JsonNode? node) => node switch
        {
            JsonObject map => new JsonObject(map.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, Sorted(field.Value)))),
            JsonArray list => new JsonArray([.. list.Select(Sorted)]),
            _ => node?.DeepClone(),
        };
    }
}
