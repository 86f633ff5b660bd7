using System.Text.Json;
using Phoenix.Gateway.Errors;
using Phoenix.Messages;

namespace Phoenix.Gateway.Calls;

/// <summary>Request bodies: one JSON object, kept as the bytes that were sent.</summary>
internal static class JsonBody
{
    /// <exception cref="BadRequestException">The body is no JSON object.</exception>
    public static async Task<ReadOnlyMemory<byte>> Read(HttpRequest request)
    {
        if (request.ContentType is { } type && !type.StartsWith(WireHeaders.Json, StringComparison.OrdinalIgnoreCase))
            throw new BadHttpRequestException($"The request's content type is not {WireHeaders.Json}.", StatusCodes.Status415UnsupportedMediaType);
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        if (buffer.Length == 0) return "{}"u8.ToArray();
        var json = buffer.ToArray();
        CheckIsObject(json);
        return json;
    }

    private static void CheckIsObject(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 32 });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new BadRequestException("The request body is no JSON object; a command or query is one.");
            while (reader.Read()) { }
        }
        catch (JsonException error)
        {
            throw new BadRequestException($"The request body is no JSON: {error.Message}");
        }
    }
}
