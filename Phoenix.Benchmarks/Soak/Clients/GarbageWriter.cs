using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Phoenix.Kafka;
using Phoenix.Runs.Checking;
using Phoenix.Runs.Histories;

namespace Phoenix.Benchmarks.Soak.Clients;

/// <summary>
/// Sends what no client should to the command topic that all use. Each record says in a header of its own what must become of it; what the
/// broker itself refuses was never there.
/// </summary>
internal sealed class GarbageWriter : IDisposable
{
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly string _topic;
    private readonly string _replies;
    private readonly int _client;
    private readonly HistoryFile _history;
    private int _number;

    private GarbageWriter(string kafka, string prefix, int client, HistoryFile history)
    {
        (_topic, _replies, _client, _history) = (TopicOf(prefix), RepliesOf(prefix), client, history);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
        {
            BootstrapServers = kafka, EnableIdempotence = true, LingerMs = 5, MessageMaxBytes = 16 * 1024 * 1024, MessageTimeoutMs = 30_000,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
    }

    /// <summary>The topic that gets it.</summary>
    public static string TopicOf(string prefix) => $"{prefix}.shop.account.commands";

    /// <summary>Where its senders are told.</summary>
    public static string RepliesOf(string prefix) => $"{prefix}.garbage.replies";

    public static async Task<GarbageWriter> StartAsync(string kafka, string prefix, int client, HistoryFile history)
    {
        using var topics = new KafkaTopics(kafka);
        await topics.EnsureAsync(RepliesOf(prefix), 1);
        return new(kafka, prefix, client, history);
    }

    /// <summary>Sends one record, of each kind in turn.</summary>
    /// <param name="account">The id of an account, for those that name one.</param>
    /// <param name="random">Fills what may be anything.</param>
    public async Task WriteAsync(string account, Random random)
    {
        var number = Interlocked.Increment(ref _number);
        var kind = GarbageKinds.All[number % GarbageKinds.All.Count];
        var id = string.Create(CultureInfo.InvariantCulture, $"garbage-{_client}-{number}");
        var message = Whole(account, id, kind);
        kind.Spoil(message, random);
        // Before it leaves: an effect that it has was sent by somebody.
        if (kind.Expected == Garbage.Decided) Note(ClientEvent.Sent, $"{StoredLog.AccountPrefix}{account}", id);
        try
        {
            await _producer.ProduceAsync(_topic, message, CancellationToken.None);
        }
        catch (ProduceException<byte[]?, byte[]?> refused)
        {
            Console.Error.WriteLine($"{kind.Name}: {refused.Error.Reason}");
        }
    }

    public void Dispose() => _producer.Dispose();

    // A good command, of which one thing is spoilt.
    private Message<byte[]?, byte[]?> Whole(string account, string id, GarbageKind kind) => new()
    {
        Key = Encoding.UTF8.GetBytes(account),
        Value = Encoding.UTF8.GetBytes("""{"amount":0.01}"""),
        Headers =
        [
            Header("ce_specversion", "1.0"), Header("ce_type", "shop.deposit"), Header("ce_source", "/garbage"), Header("ce_id", id),
            Header("replyto", _replies), Header("requestid", id), Header(Garbage.Header, kind.Expected),
        ],
    };

    private static Header Header(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    private void Note(ClientEvent @event, string stream, string id) => _history.Write(new()
    {
        Event = @event, At = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), Client = _client, Stream = stream, CommandId = id,
    });
}
