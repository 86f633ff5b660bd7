using System.Text;
using Xunit;

namespace Phoenix.Tests.EndToEnd;

/// <summary>Records of random bytes, and good requests with random damage, between good ones.</summary>
[Collection(SharedService.Name)]
[Trait("Category", "Servers")]
public sealed class GarbageTests(SharedService shared)
{
    private const int Records = 200;

    private static readonly string[] Names =
        ["ce_specversion", "ce_type", "ce_id", "ce_source", "ce_time", "content-type", "replyto", "replypartition", "requestid", "correlationid", "traceparent", "phoenixrepeat", "own"];

    [Theory]
    [InlineData(1)]
    [InlineData(20261123)]
    public async Task garbage_never_stops_a_partition(int seed)
    {
        var service = await shared.ServiceAsync();
        var wire = service.Wire;
        var random = new Random(seed);
        var keys = Enumerable.Range(0, 12).Select(number => $"garbage-{seed}-{number}-{Guid.NewGuid():N}").ToList();
        await Task.WhenAll(keys.Select(key => wire.RequestAsync(service.Account(key, "open-account", """{"owner":"Ann"}"""))));
        var sent = new List<Task>();
        var good = new List<WireRequest>();
        for (var number = 0; number < Records; number++)
        {
            sent.Add(wire.SendAsync(Damaged(service.Account(keys[random.Next(keys.Count)], "get-account", "{}"), random)));
            good.Add(service.Account(keys[number % keys.Count], "deposit", """{"amount":1}"""));
            sent.Add(wire.SendAsync(good[^1]));
        }

        await Task.WhenAll(sent);
        var replies = await Task.WhenAll(good.Select(wire.ReplyAsync));

        Assert.All(replies, reply => Assert.Equal("accepted", reply.Status));
        foreach (var key in keys)
        {
            var versions = replies.Where(reply => Encoding.UTF8.GetString(reply.Key!) == key).Select(reply => reply.Versions.After).ToList();
            Assert.Equal(Enumerable.Range(2, versions.Count).Select(version => (long)version), versions);
        }

        await service.AllCommittedAsync();
    }

    /// <summary>A query, so that whatever is still understood changes nothing, with one to four things broken.</summary>
    private static WireRequest Damaged(WireRequest request, Random random)
    {
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            request = random.Next(6) switch
            {
                0 => request with { Key = Bytes(random, 220) },
                1 => request with { Body = Bytes(random, 300) },
                2 => request with { Body = Spoilt(request.Body, random) },
                3 => request.Set(Names[random.Next(Names.Length)], Bytes(random, 150)),
                4 => request.Add(Names[random.Next(Names.Length)], Bytes(random, 20)),
                _ => request.Without(Names[random.Next(Names.Length)]),
            };
        }

        return request;
    }

    private static byte[]? Bytes(Random random, int most)
    {
        if (random.Next(10) == 0) return null;
        var bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Spoilt(byte[]? body, Random random)
    {
        var bytes = (byte[])[.. body ?? [], .. "[{\"a\":1},null"u8];
        bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
