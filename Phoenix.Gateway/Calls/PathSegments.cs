using Microsoft.AspNetCore.Http.Features;
using Phoenix.Gateway.Errors;

namespace Phoenix.Gateway.Calls;

/// <summary>
/// The path of a request, segment by segment, each decoded once. Read from the request line, because route values leave %2F as it is and
/// decode the rest: an id may have a slash, and it may have the text %2F.
/// </summary>
internal static class PathSegments
{
    /// <exception cref="BadRequestException">It has fewer segments than this, or one that means another path.</exception>
    public static string[] Of(HttpContext context, int atLeast, string expected)
    {
        var segments = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0].Split('/');
        var decoded = Array.ConvertAll(segments, Uri.UnescapeDataString);
        return segments.Length >= atLeast && segments[0].Length == 0 && !Array.Exists(decoded, segment => segment is "." or "..")
            ? decoded
            : throw new BadRequestException($"The path is not {expected}, with every segment percent-encoded and none of them '.' or '..'.");
    }
}
