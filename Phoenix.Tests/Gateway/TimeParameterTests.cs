using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Phoenix.Gateway.Calls;
using Phoenix.Gateway.Errors;
using Xunit;

namespace Phoenix.Tests.Gateway;

public sealed class TimeParameterTests
{
    [Theory]
    [InlineData("2026-01-31T12:00:00Z", "2026-01-31T12:00:00.0000000+00:00")]
    [InlineData("2026-01-31t12:00:00z", "2026-01-31T12:00:00.0000000+00:00")]
    [InlineData("2026-01-31T12:00:00.123456789Z", "2026-01-31T12:00:00.1234567+00:00")]
    [InlineData("2026-01-31T12:00:00-08:00", "2026-01-31T12:00:00.0000000-08:00")]
    [InlineData("2026-01-31T12:00:00+01:00", "2026-01-31T12:00:00.0000000+01:00")]
    public void an_rfc_3339_time_is_read(string text, string expected) => Assert.Equal(expected, TimeParameter.Read(Query(text), "time").ToString("O"));

    [Theory]
    [InlineData("")]
    [InlineData("01/02/2026")]
    [InlineData("2026-01-31")]
    [InlineData("2026-01-31T12:00:00")]
    [InlineData("2026-01-31 12:00:00Z")]
    [InlineData("2026-02-31T12:00:00Z")]
    [InlineData("2026-01-31T12:00:00+0100")]
    [InlineData("12:00")]
    [InlineData("yesterday")]
    [InlineData("2026-01-31T12:00:00Z\n")]
    public void any_other_form_is_refused_and_the_right_one_named(string text)
    {
        var refused = Assert.Throws<BadRequestException>(() => TimeParameter.Read(Query(text), "time"));
        Assert.Contains("2026-01-31T12:00:00Z", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_plus_that_became_a_space_is_named()
    {
        var refused = Assert.Throws<BadRequestException>(() => TimeParameter.Read(Query("2026-01-31T12:00:00 01:00"), "time"));
        Assert.Contains("%2B", refused.Message, StringComparison.Ordinal);
        Assert.Contains("space", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void two_times_are_refused() => Assert.Throws<BadRequestException>(
        () => TimeParameter.Read(new QueryCollection(new Dictionary<string, StringValues> { ["time"] = new(["2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"]) }), "time"));

    private static QueryCollection Query(string text) => new(new Dictionary<string, StringValues> { ["time"] = text });
}
