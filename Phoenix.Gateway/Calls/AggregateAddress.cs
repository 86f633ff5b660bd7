using Phoenix.Gateway.Errors;
using Phoenix.Model;

namespace Phoenix.Gateway.Calls;

/// <summary>Which aggregate a request is for: the segments after <c>/v1/aggregates/</c>.</summary>
internal sealed record AggregateAddress(string Aggregate, string Id)
{
    private const int AggregateSegment = 3;
    private const int IdSegment = 4;

    public static ValueTask<AggregateAddress?> BindAsync(HttpContext context)
    {
        var segments = PathSegments.Of(context, IdSegment + 1, "/v1/aggregates/{aggregate}/{id}...");
        var address = new AggregateAddress(segments[AggregateSegment], segments[IdSegment]);
        if (!LogicalName.IsValid(address.Aggregate))
            throw new BadRequestException(
                "The path's aggregate name is not a lower-case letter followed by up to 63 lower-case letters, digits, dots or dashes, such as 'shop.account'.");
        if (AggregateId.Problem(address.Id) is { } problem) throw new BadRequestException(problem);
        return ValueTask.FromResult<AggregateAddress?>(address);
    }
}
