using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Phoenix.Tests.Subscribing.Formats;

/// <summary>
/// Answers as a schema registry does to <c>GET /schemas/ids/{id}</c> and <c>GET /subjects/{subject}/versions/{version}</c>, over HTTP.
/// </summary>
internal sealed class SchemaServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, object> _answers = new();
    private int _asked;

    private SchemaServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>What it answers in place of schemas; null: schemas.</summary>
    public HttpStatusCode? Refusal { get; set; }

    /// <summary>Who may ask, as <c>user:password</c>; null: everybody.</summary>
    public string? User { get; set; }

    /// <summary>How often it was asked.</summary>
    public int Asked => _asked;

    public static async Task<SchemaServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new SchemaServer(builder.Build());
        server._app.MapGet("/{**path}", server.Answer);
        await server._app.StartAsync();
        return server;
    }

    public void Add(int id, string schema, string type = "AVRO", params object[] references) =>
        _answers[$"/schemas/ids/{id}"] = new { schema, schemaType = type, references };

    public void Add(string subject, string schema, params object[] references) =>
        _answers[$"/subjects/{subject}/versions/1"] = new { subject, version = 1, id = 1000, schema, schemaType = "AVRO", references };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer(HttpRequest request)
    {
        Interlocked.Increment(ref _asked);
        if (User is { } user && request.Headers.Authorization != $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(user))}")
            return Results.Json(new { error_code = 40101, message = "Unauthorized" }, statusCode: 401);
        if (Refusal is { } refusal) return Results.Json(new { error_code = 50001, message = "refused" }, statusCode: (int)refusal);
        return _answers.TryGetValue(request.Path.Value!, out var answer)
            ? Results.Json(answer)
            : Results.Json(new { error_code = 40403, message = "Schema not found" }, statusCode: 404);
    }
}
