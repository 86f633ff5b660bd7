using System.Net;
using System.Text.Json;
using Phoenix.Messages;

namespace Phoenix.Client.ReadModels;

/// <summary>An answer that is no result, as an exception.</summary>
internal sealed record GatewayProblem(string? Code, string? Detail, string? Parameter)
{
    /// <summary>The gateway knows the read model, and it has no such row.</summary>
    public const string NoRow = "not-found";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Exception Read(HttpResponseMessage response, byte[] body)
    {
        var problem = Of(body);
        var detail = problem?.Detail ?? $"The answer has the status {(int)response.StatusCode}, and it is none of a gateway's.";
        return response.StatusCode
            is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            ? new UnavailableException(detail)
            : new ReadModelException(problem?.Code ?? $"{(int)response.StatusCode}", detail, problem?.Parameter);
    }

    private static GatewayProblem? Of(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<GatewayProblem>(body, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
