using Microsoft.AspNetCore.Http.Features;
using Phoenix.Gateway.Errors;
using Phoenix.Model;

namespace Phoenix.Gateway.Aggregates;

/// <summary>Which aggregate a request is for: the segments after <c>/v1/aggregates/</c>.</summary>
internal sealed record AggregateAddress(string Aggregate, string Id)
{
    private const int AggregateSegment = 3;
    private const int IdSegment = 4;

    // Read from the request line, because route values leave %2F as it is: an id may have a slash, and it may have the text %2F.
    public static ValueTask<AggregateAddress?> BindAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var segments = target.Split('?', 2)[0].Split('/');
        if (segments.Length <= IdSegment || segments[0].Length != 0 || segments.Any(segment => Uri.UnescapeDataString(segment) is "." or ".."))
            throw new BadRequestException("The path is not /v1/aggregates/{aggregate}/{id}..., with every segment percent-encoded and none of them '.' or '..'.");
        var address = new AggregateAddress(Uri.UnescapeDataString(segments[AggregateSegment]), Uri.UnescapeDataString(segments[IdSegment]));
        if (!LogicalName.IsValid(address.Aggregate))
            throw new BadRequestException($"The path's aggregate name is not a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes, such as 'shop.account'.");
        if (AggregateId.Problem(address.Id) is { } problem) throw new BadRequestException(problem);
        return ValueTask.FromResult<AggregateAddress?>(address);
    }
}
