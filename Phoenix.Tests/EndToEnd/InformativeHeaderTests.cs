using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>Whatever an agent between sender and broker adds, the command is decided.</summary>
[Collection(SharedService.Name)]
[Trait("Category", "Servers")]
public sealed class InformativeHeaderTests(SharedService shared)
{
    private static readonly byte[] Binary = [0x00, 0xFF, 0xFE];

    private static readonly Dictionary<string, Func<WireRequest, WireRequest>> Additions = new()
    {
        ["two traces"] = request => request.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01"),
        ["an empty trace"] = request => request.Add("traceparent", ""),
        ["binary headers of an agent"] = request => request.Add("elastic-apm-traceparent", Binary).Add("agent", Binary).Add("agent context", "x"),
        ["5 kB of baggage"] = request => request.Add("baggage", new string('b', 5_000)).Add("ce_baggage", new string('b', 5_000)),
        ["two colours"] = request => request.Add("colour", "red").Add("colour", "blue"),
        ["a principal of bytes"] = request => request.Add("principal", Binary),
        ["a linearizable command"] = request => request.Add("linearizable", Binary),
        ["a time of bytes"] = request => request.Add("ce_time", Binary),
    };

    public static TheoryData<string> Names => [.. Additions.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task a_header_that_only_informs_refuses_nothing(string name)
    {
        var service = await shared.ServiceAsync();
        var deposit = Additions[name](service.Account(await service.NewAccountAsync(), "deposit", """{"amount":5}"""));

        var reply = await service.Wire.RequestAsync(deposit);
        Assert.Equal(("accepted", (1L, 2L)), (reply.Status, reply.Versions));
    }
}
