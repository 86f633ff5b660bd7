using System.Net;
using System.Text.Json;
using Phoenix.Tests.Gateway;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>Guarantee 7, the operator's half: dead letters are listed over HTTP as their topics have them, also without a silo.</summary>
[Collection(SharedService.Name)]
[Trait("Category", "Servers")]
public sealed class DeadLetterTests(SharedService shared, SharedKafka kafka)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_letter_is_shown_as_its_topic_has_it()
    {
        var service = await shared.ServiceAsync();
        await using var gateway = await StartAsync(service);
        var bad = service.Fragile(Guid.NewGuid().ToString("N"), "throw", "{}");
        var letter = await service.Wire.DeadLetterAsync(await service.Wire.SendAsync(bad));

        var shown = (await LettersAsync(gateway, "")).Single(each => each.GetProperty("id").GetString() == letter["deadletterid"]);
        Assert.Equal(
            ("handler-failed", "test.throw", "{}", System.Text.Encoding.UTF8.GetString(bad.Key!), bad.Id),
            (Text(shown, "reason"), Text(shown, "name"), Text(shown, "body"), Text(shown, "key"), Text(shown, "commandId")));
        Assert.Equal((letter.Place.Partition.Value, letter.Place.Offset.Value), (shown.GetProperty("partition").GetInt32(), shown.GetProperty("offset").GetInt64()));
    }

    [Fact]
    public async Task letters_come_newest_first_and_page_by_page()
    {
        var service = await shared.ServiceAsync();
        await using var gateway = await StartAsync(service);
        var key = Guid.NewGuid().ToString("N");
        var places = await Task.WhenAll(Enumerable.Range(0, 5).Select(number => service.Wire.SendAsync(service.Fragile(key, "note", $"[{number}]"))));
        var letters = await Task.WhenAll(places.Select(service.Wire.DeadLetterAsync));
        var newest = letters.MaxBy(letter => letter.Place.Offset.Value)!.Place;

        var page = await LettersAsync(gateway, $"?partition={newest.Partition.Value}&limit=2");
        var next = await LettersAsync(gateway, $"?partition={newest.Partition.Value}&before={newest.Offset.Value - 1}&limit=3");

        Assert.Equal(Enumerable.Range(0, 2).Select(back => newest.Offset.Value - back), page.Select(letter => letter.GetProperty("offset").GetInt64()));
        Assert.Equal(Enumerable.Range(2, 3).Select(back => newest.Offset.Value - back), next.Select(letter => letter.GetProperty("offset").GetInt64()));
    }

    [Theory]
    [InlineData("/v1/dead-letters/Test.Fragile", HttpStatusCode.BadRequest, "undecodable")]
    [InlineData("/v1/dead-letters/test.fragile?limit=0", HttpStatusCode.BadRequest, "undecodable")]
    [InlineData("/v1/dead-letters/test.fragile?partition=999", HttpStatusCode.NotFound, "not-found")]
    public async Task what_is_not_there_is_a_typed_problem(string path, HttpStatusCode status, string code)
    {
        await using var gateway = await StartAsync(await shared.ServiceAsync());
        var response = await gateway.Http.GetAsync(path, Cancellation);
        Assert.Equal((status, code), (response.StatusCode, await response.ProblemCodeAsync()));
    }

    private async Task<RunningGateway> StartAsync(RunningService service)
    {
        var gateway = await RunningGateway.StartAsync(
            ("Phoenix:Kafka", await kafka.BootstrapAsync()),
            ("Phoenix:TopicPrefix", service.Prefix),
            ("Phoenix:Gateway:Token", RunningGateway.Token));
        return gateway;
    }

    private static async Task<JsonElement[]> LettersAsync(RunningGateway gateway, string query)
    {
        var response = await gateway.Http.GetAsync($"/v1/dead-letters/test.fragile{query}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return [.. (await response.JsonAsync()).GetProperty("letters").EnumerateArray()];
    }

    private static string? Text(JsonElement letter, string name) => letter.GetProperty(name).GetString();
}
