using System.Text.Json.Nodes;

namespace Phoenix.Tests.Deployment;

/// <summary>
/// Renders the few things of kustomize that our manifests use: resources, namespace, labels, images and JSON patches with a target.
/// Anything else in a kustomization is an error, so that the tests never judge something other than what kustomize makes of it.
/// </summary>
internal static class Kustomization
{
    private static readonly string[] Known = ["apiVersion", "kind", "namespace", "labels", "resources", "images", "patches"];

    public static IReadOnlyList<JsonObject> Render(string folder)
    {
        var kustomization = YamlFile.Read(Path.Combine(folder, "kustomization.yaml")).Single().AsObject();
        if (kustomization.Select(field => field.Key).Except(Known).FirstOrDefault() is { } unknown) throw new NotSupportedException($"This renderer knows no '{unknown}'.");
        var resources = Items(kustomization, "resources").SelectMany(resource => Resource(Path.Combine(folder, (string)resource!))).ToList();
        foreach (var resource in resources)
        {
            if ((string?)kustomization["namespace"] is { } space) SetNamespace(resource, space);
            foreach (var labels in Items(kustomization, "labels")) AddLabels(resource, labels!.AsObject());
            foreach (var image in Items(kustomization, "images")) SetImage(resource, image!.AsObject());
        }

        foreach (var patch in Items(kustomization, "patches"))
        {
            var target = patch!["target"]!;
            var patched = resources.Single(resource => (string?)resource["kind"] == (string?)target["kind"] && (string?)resource["metadata"]!["name"] == (string?)target["name"]);
            foreach (var operation in YamlFile.Read(Path.Combine(folder, (string)patch["path"]!)).Single().AsArray()) JsonPatch.Apply(patched, operation!.AsObject());
        }

        return resources;
    }

    private static IEnumerable<JsonObject> Resource(string path) =>
        Directory.Exists(path) ? Render(path) : YamlFile.Read(path).Select(document => document.AsObject());

    private static JsonArray Items(JsonObject kustomization, string field) => kustomization[field]?.AsArray() ?? [];

    private static void SetNamespace(JsonObject resource, string space)
    {
        resource["metadata"]!["namespace"] = space;
        foreach (var subject in resource["subjects"]?.AsArray() ?? []) subject!["namespace"] = space;
    }

    private static void AddLabels(JsonObject resource, JsonObject labels)
    {
        if (labels.Select(field => field.Key).Except(["pairs"]).Any()) throw new NotSupportedException("This renderer adds labels to metadata only.");
        var metadata = resource["metadata"]!.AsObject();
        if (metadata["labels"] is null) metadata["labels"] = new JsonObject();
        foreach (var (name, value) in labels["pairs"]!.AsObject()) metadata["labels"]![name] = value!.DeepClone();
    }

    private static void SetImage(JsonObject resource, JsonObject image)
    {
        foreach (var container in resource["spec"]?["template"]?["spec"]?["containers"]?.AsArray() ?? [])
        {
            if ((string?)container!["image"] == (string?)image["name"]) container["image"] = $"{image["newName"]}:{image["newTag"]}";
        }
    }
}
