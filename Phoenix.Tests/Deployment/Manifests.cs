using System.Text.Json.Nodes;
using k8s;
using k8s.Models;

namespace Phoenix.Tests.Deployment;

/// <summary>The rendered manifests, as JSON and as Kubernetes types.</summary>
internal static class Manifests
{
    private static readonly Dictionary<string, Type> Types = new()
    {
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["rbac.authorization.k8s.io/v1/Role"] = typeof(V1Role),
        ["rbac.authorization.k8s.io/v1/RoleBinding"] = typeof(V1RoleBinding),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
    };

    public static string Folder(string name) => Path.Combine(YamlFile.Deploy, "kubernetes", name);

    public static IReadOnlyList<JsonObject> Rendered(string name) => Kustomization.Render(Folder(name));

    /// <exception cref="Exception">A field is not of the type.</exception>
    public static object Typed(JsonObject resource) =>
        KubernetesYaml.LoadAllFromString(resource.ToJsonString(), new Dictionary<string, Type> { [TypeName(resource)] = TypeOf(resource) }, strict: true).Single();

    public static IReadOnlyList<T> Typed<T>(string name) => [.. Rendered(name).Select(Typed).OfType<T>()];

    public static Type TypeOf(JsonObject resource) => Types[TypeName(resource)];

    private static string TypeName(JsonObject resource) => $"{resource["apiVersion"]}/{resource["kind"]}";
}
