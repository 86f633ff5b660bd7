using System.Text.Json;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.Calls;

/// <summary>The small JSON objects that operators send.</summary>
internal static class OperatorBody
{
    private static readonly JsonSerializerOptions Strict = new(
        JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    /// <exception cref="BadRequestException">It is no such object.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request) where T : class
    {
        var json = await JsonBody.Read(request);
        try
        {
            return JsonSerializer.Deserialize<T>(json.Span, Strict)!;
        }
        catch (JsonException)
        {
            throw new BadRequestException($"The body has other members than {string.Join(", ", typeof(T).GetProperties().Select(member => $"'{JsonNamingPolicy.CamelCase.ConvertName(member.Name)}'"))}, or values of the wrong type.");
        }
    }
}
