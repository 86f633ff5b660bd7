using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phoenix.Client;
using Phoenix.Gateway.Hosting;
using Phoenix.Health;
using Xunit;

namespace Phoenix.Tests.Gateway;

/// <summary>A user's own ASP.NET program has the gateway beside its own endpoints; neither changes the other.</summary>
public sealed class OwnProgramTests : IAsyncDisposable
{
    private const string Token = "a-token-of-this-test-run";
    private const string Command = "/v1/aggregates/shop.account/a-1/commands/shop.deposit";
    private readonly WebApplicationBuilder _builder = WebApplication.CreateSlimBuilder();
    private WebApplication? _app;
    private HttpClient? _http;

    public OwnProgramTests()
    {
        _builder.Logging.ClearProviders();
        _builder.WebHost.UseUrls("http://127.0.0.1:0");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task own_endpoints_ask_for_no_token_of_the_gateway()
    {
        await StartAsync();
        Assert.Equal("hello", await _http!.GetStringAsync("/hello", Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("/nowhere", Cancellation)).StatusCode);
        var refused = await PostAsync(Command, "{}");
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), (refused.StatusCode, await refused.ProblemCodeAsync()));
    }

    [Fact]
    public async Task each_has_an_authentication_of_its_own()
    {
        await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("/me", $"Bearer {Token}")).StatusCode);
        Assert.Equal("ann", await (await GetAsync("/me", "Bearer ann")).Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("/v1/read-models/none", "Bearer ann")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/v1/read-models/none", $"Bearer {Token}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/v1/publications/shop.account/pause", "{}", Token)).StatusCode);
    }

    [Fact]
    public async Task limits_and_errors_of_the_gateway_are_for_its_own_paths()
    {
        await StartAsync();
        var large = new string(' ', 2_000);
        Assert.Equal("2000", await (await PostAsync("/length", large)).Content.ReadAsStringAsync(Cancellation));
        var refused = await PostAsync(Command, large, Token);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too-large"), (refused.StatusCode, await refused.ProblemCodeAsync()));
        var wrong = await PostAsync(Command, "[]", Token);
        Assert.Equal((HttpStatusCode.BadRequest, "undecodable"), (wrong.StatusCode, await wrong.ProblemCodeAsync()));

        var own = await _http!.GetAsync("/broken", Cancellation);
        Assert.Equal((HttpStatusCode.InternalServerError, ""), (own.StatusCode, await own.Content.ReadAsStringAsync(Cancellation)));
    }

    [Fact]
    public async Task settings_come_from_configuration_and_then_from_code()
    {
        Configure(("Phoenix:TopicPrefix", "low"), ("Phoenix:Client:RequestTimeout", "00:00:03"));
        _builder.Services.Configure<PhoenixClientOptions>(client => client.MaxInFlight = 7);
        await StartAsync(options => options.TopicPrefix = "high");
        var client = _app!.Services.GetRequiredService<IOptions<PhoenixClientOptions>>().Value;
        Assert.Equal(("127.0.0.1:1", "high", TimeSpan.FromSeconds(3)),
            (client.BootstrapServers, client.TopicPrefix, client.RequestTimeout));
    }

    [Fact]
    public void everything_that_is_wrong_is_told_at_once()
    {
        Configure(
            ("Phoenix:ConnectionString", "postgres://db/app"), ("Phoenix:Cluster:CallTimeout", "00:00:00"),
                ("Phoenix:Cluster:Gateways:0", "silo"), ("Phoenix:Gateway:MaxBodyBytes", "0"),
            ("Phoenix:ReadModels:0:Name", "Bad"), ("Phoenix:Client:MaxInFlight", "0"), ("Phoenix:Shutdown:DrainTimeLimit", "00:00:00"));
        _builder.AddPhoenixGateway();
        _builder.Services.AddPhoenixHealth();
        var app = _builder.Build();
        var error = Assert.Throws<OptionsValidationException>(() => app.MapPhoenixGateway());
        string[] wrong =
        [
            "Phoenix:ConnectionString", "Phoenix:Cluster:CallTimeout", "Phoenix:Cluster:Gateways", "no bearer token",
                "Phoenix:Gateway:MaxBodyBytes", "whose Name is", "whose Relation is",
            "whose Key is", "PhoenixClientOptions.BootstrapServers", "PhoenixClientOptions.MaxInFlight", "Phoenix:Shutdown:DrainTimeLimit",
        ];
        Assert.All(wrong, problem => Assert.Single(error.Failures, failure => failure.Contains(problem, StringComparison.Ordinal)));
        Assert.Equal(wrong.Length, error.Failures.Count());
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }

    private async Task StartAsync(Action<PhoenixGatewayOptions>? configure = null)
    {
        _builder.AddPhoenixGateway(options =>
        {
            options.Kafka = "127.0.0.1:1";
            options.Gateway.Token = Token;
            options.Gateway.MaxBodyBytes = 1_000;
            configure?.Invoke(options);
        });
        _builder.Services.AddAuthentication("Bearer").AddScheme<AuthenticationSchemeOptions, OwnBearer>("Bearer", null);
        _app = _builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapPhoenixGateway();
        _app.MapGet("/hello", () => "hello");
        _app.MapGet("/me", (ClaimsPrincipal user) => user.Identity!.Name).RequireAuthorization();
        _app.MapGet("/broken", string () => throw new TimeoutException("own"));
        _app.MapPost("/length", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            return (await reader.ReadToEndAsync()).Length;
        });
        await _app.StartAsync(Cancellation);
        _http = new() { BaseAddress = new(_app.Urls.First()) };
    }

    private void Configure(params IEnumerable<(string Key, string Value)> settings) =>
        _builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));

    private Task<HttpResponseMessage> GetAsync(string path, string authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return _http!.SendAsync(request, Cancellation);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post,
            path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return _http!.SendAsync(request, Cancellation);
    }

    /// <summary>The program's own authentication, under the name that is usual for it.</summary>
    private sealed class OwnBearer(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers.Authorization.ToString() == "Bearer ann"
                ? AuthenticateResult.Success(new(new(new ClaimsIdentity([new(ClaimTypes.Name, "ann")], "own")), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
