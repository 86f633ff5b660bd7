using System.Collections.Immutable;
using System.Text;

namespace Phoenix.Tests.EndToEnd;

/// <summary>A record as docs/wire.md wants it, to be spoilt as a test wishes.</summary>
public sealed record WireRequest(string Aggregate, byte[]? Key, byte[]? Body, ImmutableList<(string Name, byte[]? Value)> Headers)
{
    public string Id => Text("ce_id")!;

    public string RequestId => Text("requestid")!;

    /// <summary>A good request for an aggregate; the reply goes to the first partition of the topic.</summary>
    public static WireRequest To(string aggregate, string key, string type, string json, string replyTo) =>
        new WireRequest(aggregate, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(json), [])
            .Set("ce_specversion", "1.0")
            .Set("ce_type", type)
            .Set("ce_id", Guid.CreateVersion7().ToString())
            .Set("ce_source", "/a-stranger")
            .Set("content-type", "application/json")
            .Set("replyto", replyTo)
            .Set("replypartition", "0")
            .Set("requestid", Guid.NewGuid().ToString("N"));

    public string? Text(string name) => Headers.FindLast(header => header.Name == name).Value is { } value ? Encoding.UTF8.GetString(value) : null;

    public WireRequest Set(string name, string value) => Set(name, Encoding.UTF8.GetBytes(value));

    /// <summary>The header once, in its place or at the end.</summary>
    public WireRequest Set(string name, byte[]? value)
    {
        var at = Headers.FindIndex(header => header.Name == name);
        return this with { Headers = at < 0 ? Headers.Add((name, value)) : Headers.SetItem(at, (name, value)) };
    }

    /// <summary>The header once more.</summary>
    public WireRequest Add(string name, string value) => Add(name, Encoding.UTF8.GetBytes(value));

    public WireRequest Add(string name, byte[]? value) => this with { Headers = Headers.Add((name, value)) };

    public WireRequest Without(params string[] names) => this with { Headers = Headers.RemoveAll(header => names.Contains(header.Name)) };

    public WireRequest Saying(string json) => this with { Body = Encoding.UTF8.GetBytes(json) };

    /// <summary>The same command, asked for once more.</summary>
    public WireRequest Again() => Set("requestid", Guid.NewGuid().ToString("N"));
}
