using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Tests.EndToEnd;
using Phoenix.Tests.Gateway;

namespace Phoenix.Tests.DeadLetters;

/// <summary>A silo with aggregates that fail, and a gateway for its operators.</summary>
internal sealed class LetterRig : IAsyncDisposable
{
    public const string OperatorToken = "an-operator-of-this-test-run";

    private LetterRig(RunningService service, RunningGateway gateway) => (Service, Gateway) = (service, gateway);

    public RunningService Service { get; }

    public RunningGateway Gateway { get; }

    public IDeadLettersGrain Letters => Service.Silo.Grains.GetGrain<IDeadLettersGrain>(0);

    public static async Task<LetterRig> StartAsync(SharedPostgres postgres, SharedKafka kafka)
    {
        var service = await RunningService.StartAsync(postgres, kafka);
        var cluster = service.Silo.Services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        var gateway = await RunningGateway.StartAsync(
            ("Phoenix:Kafka", await kafka.BootstrapAsync()),
            ("Phoenix:TopicPrefix", service.Prefix),
            ("Phoenix:ConnectionString", service.Database),
            ("Phoenix:Gateway:Token", RunningGateway.Token),
            ("Phoenix:Gateway:OperatorToken", OperatorToken),
            ("Phoenix:Cluster:ClusterId", cluster.ClusterId),
            ("Phoenix:Cluster:ServiceId", cluster.ServiceId),
            ("Phoenix:Cluster:Gateways:0", service.Silo.Services.GetRequiredService<ILocalSiloDetails>()
                .GatewayAddress!.Endpoint.ToString()));
        gateway.Http.DefaultRequestHeaders.Authorization = new("Bearer", OperatorToken);
        return new(service, gateway);
    }

    /// <summary>Sends commands that fail, and waits until their letters are listed.</summary>
    public async Task<IReadOnlyList<WireRequest>> FailAsync(params IEnumerable<string> keys)
    {
        List<WireRequest> requests = [.. keys.Select(key => Service.Fragile(key, "throw", "{}"))];
        var places = await Task.WhenAll(requests.Select(Service.Wire.SendAsync));
        foreach (var place in places) await Service.Wire.DeadLetterAsync(place);
        foreach (var key in requests.Select(request => System.Text.Encoding.UTF8.GetString(request.Key!)).Distinct())
            await Eventually.TrueAsync($"the letters of {key} are listed", async () =>
                await Letters.Count(new() { Key = key, State = "all" }) >= requests.Count(
                    request => System.Text.Encoding.UTF8.GetString(request.Key!) == key));
        return requests;
    }

    public async Task<ReplayStatus> EndAsync(Guid id)
    {
        ReplayStatus? status = null;
        await Eventually.TrueAsync("the replay has ended", async () => (status = (await Letters.Replays(id)).Single())
            .State != "replaying");
        return status!;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Service.DisposeAsync();
    }
}
