using System.Text.Json;
using System.Text.Json.Nodes;

namespace Phoenix.Model;

/// <summary>Writes a rejection into the command that tells of it.</summary>
internal static class ToldRejection
{
    /// <summary>The command's JSON, its members of type <see cref="Rejection"/> filled in.</summary>
    /// <param name="command">The command's type.</param>
    /// <param name="json">The command as it was decided.</param>
    /// <param name="rejection">Why the other said no.</param>
    public static string In(Type command, string json, Rejection rejection)
    {
        string[] members = [.. PhoenixJson.Message.GetTypeInfo(command).Properties
            .Where(member => member.PropertyType == typeof(Rejection)).Select(member => member.Name)];
        if (members.Length == 0) return json;
        var content = JsonNode.Parse(json)!.AsObject();
        foreach (var member in members) content[member] = JsonSerializer.SerializeToNode(rejection, PhoenixJson.Message);
        return content.ToJsonString();
    }
}
