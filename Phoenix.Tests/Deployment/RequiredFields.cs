using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Phoenix.Tests.Deployment;

/// <summary>
/// Which fields the Kubernetes API requires. The client's classes do not tell, so this is a table from the API reference (1.33) for every
/// type that our manifests use; a type that is not in it is an error. Some fields that the API would let pass are required of us: probes,
/// resources, security contexts.
/// </summary>
internal static class RequiredFields
{
    private static readonly Dictionary<Type, string[]> Table = new()
    {
        [typeof(V1Deployment)] = ["apiVersion", "kind", "metadata", "spec"],
        [typeof(V1Service)] = ["apiVersion", "kind", "metadata", "spec"],
        [typeof(V1ServiceAccount)] = ["apiVersion", "kind", "metadata"],
        [typeof(V1Role)] = ["apiVersion", "kind", "metadata", "rules"],
        [typeof(V1RoleBinding)] = ["apiVersion", "kind", "metadata", "subjects", "roleRef"],
        [typeof(V1PodDisruptionBudget)] = ["apiVersion", "kind", "metadata", "spec"],
        [typeof(V1NetworkPolicy)] = ["apiVersion", "kind", "metadata", "spec"],
        [typeof(V1ObjectMeta)] = [],
        [typeof(V1DeploymentSpec)] = ["selector", "template", "replicas", "strategy"],
        [typeof(V1DeploymentStrategy)] = ["type"],
        [typeof(V1RollingUpdateDeployment)] = ["maxSurge", "maxUnavailable"],
        [typeof(V1LabelSelector)] = [],
        [typeof(V1PodTemplateSpec)] = ["metadata", "spec"],
        [typeof(V1PodSpec)] = ["containers", "securityContext", "serviceAccountName", "terminationGracePeriodSeconds", "topologySpreadConstraints"],
        [typeof(V1PodSecurityContext)] = ["runAsNonRoot", "seccompProfile"],
        [typeof(V1SeccompProfile)] = ["type"],
        [typeof(V1TopologySpreadConstraint)] = ["maxSkew", "topologyKey", "whenUnsatisfiable"],
        [typeof(V1Container)] = ["name", "image", "startupProbe", "livenessProbe", "readinessProbe", "resources", "securityContext"],
        [typeof(V1ContainerPort)] = ["containerPort"],
        [typeof(V1EnvVar)] = ["name"],
        [typeof(V1EnvVarSource)] = [],
        [typeof(V1SecretKeySelector)] = ["name", "key"],
        [typeof(V1ObjectFieldSelector)] = ["fieldPath"],
        [typeof(V1Probe)] = ["httpGet"],
        [typeof(V1HTTPGetAction)] = ["path", "port"],
        [typeof(V1ResourceRequirements)] = ["requests", "limits"],
        [typeof(V1SecurityContext)] = ["allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"],
        [typeof(V1Capabilities)] = ["drop"],
        [typeof(V1VolumeMount)] = ["name", "mountPath"],
        [typeof(V1Volume)] = ["name"],
        [typeof(V1EmptyDirVolumeSource)] = [],
        [typeof(V1SecretVolumeSource)] = ["secretName"],
        [typeof(V1KeyToPath)] = ["key", "path"],
        [typeof(V1PodDisruptionBudgetSpec)] = ["selector"],
        [typeof(V1PolicyRule)] = ["verbs"],
        [typeof(V1RoleRef)] = ["apiGroup", "kind", "name"],
        [typeof(Rbacv1Subject)] = ["kind", "name"],
        [typeof(V1ServiceSpec)] = ["selector", "ports"],
        [typeof(V1ServicePort)] = ["port"],
        [typeof(V1NetworkPolicySpec)] = ["podSelector", "policyTypes"],
        [typeof(V1NetworkPolicyIngressRule)] = [],
        [typeof(V1NetworkPolicyEgressRule)] = [],
        [typeof(V1NetworkPolicyPeer)] = [],
        [typeof(V1NetworkPolicyPort)] = [],
    };

    public static IEnumerable<string> Missing(JsonNode? node, Type type, string path)
    {
        if (node is JsonArray list && type.IsGenericType)
            return list.SelectMany((item, index) => Missing(item, type.GetGenericArguments()[0], $"{path}[{index}]"));
        if (node is not JsonObject map || type.Namespace != typeof(V1Container).Namespace || IsLeaf(type)) return [];
        if (!Table.TryGetValue(type, out var required)) return [$"{path}: what {type.Name} requires is not in the table"];
        var members = type.GetProperties().Where(member => member.GetCustomAttribute<JsonPropertyNameAttribute>() is not null)
            .ToDictionary(member => member.GetCustomAttribute<JsonPropertyNameAttribute>()!.Name, member => Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType);
        return required.Where(field => map[field] is null).Select(field => $"{path}.{field} is missing")
            .Concat(map.Where(field => members.ContainsKey(field.Key)).SelectMany(field => Missing(field.Value, members[field.Key], $"{path}.{field.Key}")));
    }

    private static bool IsLeaf(Type type) => type == typeof(ResourceQuantity) || type == typeof(IntOrString);
}
