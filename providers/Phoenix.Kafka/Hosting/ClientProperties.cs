using System.Collections.Frozen;
using Confluent.Kafka;

namespace Phoenix.Kafka;

/// <summary>
/// Lays the user's librdkafka properties over ours, and says which may not be: a guarantee must not be switched off by a line of
/// configuration.
/// </summary>
public static class ClientProperties
{
    // Brokers that come back are found again soon: the defaults let an attempt to connect stand for 30 s, and the next one wait for up to
    // 10 s.
    private const int ConnectionSetupMs = 5_000;
    private const int ReconnectMs = 1_000;

    private const int FarthestMisspelling = 3;

    // Connections, security, sizes, rhythms, logs: they cost time or memory, and nothing else.
    internal static readonly FrozenSet<string> Allowed = FrozenSet.ToFrozenSet(
    [
        "client.id", "client.rack", "client.dns.lookup", "debug", "log_level", "log.connection.close", "statistics.interval.ms", "enable.metrics.push",
        "message.max.bytes", "message.copy.max.bytes", "receive.message.max.bytes",
        "metadata.recovery.strategy", "metadata.recovery.rebootstrap.trigger.ms", "metadata.max.age.ms",
        "topic.metadata.refresh.interval.ms", "topic.metadata.refresh.fast.interval.ms", "topic.metadata.refresh.sparse", "topic.metadata.propagation.max.ms",
        "socket.timeout.ms", "socket.send.buffer.bytes", "socket.receive.buffer.bytes", "socket.keepalive.enable", "socket.nagle.disable", "socket.max.fails",
        "socket.connection.setup.timeout.ms", "broker.address.ttl", "broker.address.family", "connections.max.idle.ms",
        "reconnect.backoff.ms", "reconnect.backoff.max.ms", "retry.backoff.ms", "retry.backoff.max.ms", "api.version.request.timeout.ms",
        "security.protocol", "ssl.cipher.suites", "ssl.curves.list", "ssl.sigalgs.list", "ssl.key.location", "ssl.key.password", "ssl.key.pem",
        "ssl.certificate.location", "ssl.certificate.pem", "ssl.ca.location", "ssl.ca.pem", "ssl.ca.certificate.stores", "ssl.crl.location", "ssl.keystore.location",
        "ssl.keystore.password", "ssl.providers", "ssl.engine.location", "ssl.engine.id", "ssl.endpoint.identification.algorithm",
        "enable.ssl.certificate.verification", "https.ca.location", "https.ca.pem",
        "sasl.mechanism", "sasl.mechanisms", "sasl.username", "sasl.password", "sasl.kerberos.service.name", "sasl.kerberos.principal", "sasl.kerberos.kinit.cmd",
        "sasl.kerberos.keytab", "sasl.kerberos.min.time.before.relogin", "sasl.oauthbearer.config", "enable.sasl.oauthbearer.unsecure.jwt", "sasl.oauthbearer.method",
        "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.client.credentials.client.secret", "sasl.oauthbearer.scope", "sasl.oauthbearer.extensions", "sasl.oauthbearer.token.endpoint.url",
        "sasl.oauthbearer.sub.claim.name", "sasl.oauthbearer.grant.type", "sasl.oauthbearer.assertion.algorithm", "sasl.oauthbearer.assertion.private.key.file",
        "sasl.oauthbearer.assertion.private.key.passphrase", "sasl.oauthbearer.assertion.private.key.pem", "sasl.oauthbearer.assertion.file",
        "sasl.oauthbearer.assertion.claim.aud", "sasl.oauthbearer.assertion.claim.exp.seconds", "sasl.oauthbearer.assertion.claim.iss",
        "sasl.oauthbearer.assertion.claim.jti.include", "sasl.oauthbearer.assertion.claim.nbf.seconds", "sasl.oauthbearer.assertion.claim.sub",
        "sasl.oauthbearer.assertion.jwt.template.file", "sasl.oauthbearer.metadata.authentication.type",
        "queued.min.messages", "queued.max.messages.kbytes", "fetch.wait.max.ms", "fetch.queue.backoff.ms", "fetch.message.max.bytes", "max.partition.fetch.bytes",
        "fetch.max.bytes", "fetch.min.bytes", "fetch.error.backoff.ms", "check.crcs",
        "queue.buffering.max.messages", "queue.buffering.max.kbytes", "queue.buffering.max.ms", "linger.ms", "queue.buffering.backpressure.threshold",
        "compression.codec", "compression.type", "compression.level", "batch.num.messages", "batch.size", "sticky.partitioning.linger.ms", "request.timeout.ms",
    ], StringComparer.Ordinal);

    private const string Positions = "positions are committed when their records are decided, and by nothing else";
    private const string Acknowledged = "what is acknowledged must be on all in-sync replicas";
    private const string Once = "a record must be stored once and in order";
    private const string Alone = "the group only keeps positions; partitions are shared out by the silos themselves";
    private const string Reports = "senders wait for the broker's word on each record";

    private static readonly FrozenDictionary<string, string> Refused = new Dictionary<string, string>
    {
        ["enable.auto.offset.store"] = Positions,
        ["enable.auto.commit"] = Positions,
        ["auto.commit.enable"] = Positions,
        ["auto.commit.interval.ms"] = Positions + "; their interval is CommitInterval",
        ["offset.store.method"] = Positions,
        ["offset.store.path"] = Positions,
        ["offset.store.sync.interval.ms"] = Positions,
        ["auto.offset.reset"] = "every start is at a known position, and a log that lost records is noticed and told",
        ["isolation.level"] = "what an aborted transaction wrote was never sent, and must not be decided",
        ["enable.partition.eof"] = "the end of the log is how positions pass what transactions leave behind",
        ["group.id"] = Alone + "; its name comes from the topic prefix (ConsumerGroup)",
        ["group.instance.id"] = Alone,
        ["group.protocol"] = Alone,
        ["group.protocol.type"] = Alone,
        ["group.remote.assignor"] = Alone,
        ["partition.assignment.strategy"] = Alone,
        ["session.timeout.ms"] = Alone,
        ["heartbeat.interval.ms"] = Alone,
        ["max.poll.interval.ms"] = Alone,
        ["coordinator.query.interval.ms"] = Alone,
        ["acks"] = Acknowledged,
        ["request.required.acks"] = Acknowledged,
        ["enable.idempotence"] = Once,
        ["enable.gapless.guarantee"] = Once,
        ["max.in.flight"] = Once,
        ["max.in.flight.requests.per.connection"] = Once,
        ["message.send.max.retries"] = Once + "; how long sending is tried is DeliveryTimeout",
        ["retries"] = Once + "; how long sending is tried is DeliveryTimeout",
        ["queuing.strategy"] = Once,
        ["msg_order_cmp"] = Once,
        ["message.timeout.ms"] = "set DeliveryTimeout",
        ["delivery.timeout.ms"] = "set DeliveryTimeout",
        ["transactional.id"] = "replies and dead letters are sent outside transactions; an open one would hold them back",
        ["transaction.timeout.ms"] = "replies and dead letters are sent outside transactions",
        ["partitioner"] = "records of one key must go to the partition where every other client puts them",
        ["delivery.report.only.error"] = Reports,
        ["produce.offset.report"] = Reports,
        ["dotnet.producer.enable.delivery.reports"] = Reports,
        ["dotnet.producer.delivery.report.fields"] = Reports,
        ["dotnet.producer.enable.background.poll"] = Reports,
        ["dotnet.consumer.consume.result.fields"] = "headers, time and topic of a record are part of the command",
        ["bootstrap.servers"] = "set the brokers' addresses where the others of this program stand",
        ["metadata.broker.list"] = "set the brokers' addresses where the others of this program stand",
        ["allow.auto.create.topics"] = "a topic that is missing must be noticed, and is made with the partitions it needs",
        ["topic.blacklist"] = "a topic that is read must be seen",
        ["plugin.library.paths"] = "no code is loaded by configuration",
        ["api.version.request"] = "what the brokers can do is asked",
        ["api.version.fallback.ms"] = "what the brokers can do is asked",
        ["broker.version.fallback"] = "what the brokers can do is asked",
        ["test.mock.num.brokers"] = "it takes the place of the brokers",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// What is wrong with properties that a user gives, one line each: those that would switch a guarantee off, with the guarantee, and
    /// names that are none.
    /// </summary>
    /// <param name="extra">The properties.</param>
    /// <param name="option">The option that holds them, for the text.</param>
    public static IEnumerable<string> Problems(IEnumerable<KeyValuePair<string, string>> extra, string option)
    {
        ArgumentNullException.ThrowIfNull(extra);
        foreach (var (name, value) in extra.OrderBy(property => property.Key, StringComparer.Ordinal))
        {
            if (Refused.TryGetValue(name, out var reason))
                yield return $"{option} holds '{name}', which cannot be set: {reason}. Take it out.";
            else if (!Allowed.Contains(name))
                yield return $"{option} holds '{name}', which is no client property that can be set{Nearest(name)}.";
            else if (value is null)
                yield return $"{option} holds '{name}' without a value; give it one or take it out.";
        }
    }

    internal static T Merge<T>(T config, IEnumerable<KeyValuePair<string, string>>? extra) where T : ClientConfig
    {
        config.SocketConnectionSetupTimeoutMs ??= ConnectionSetupMs;
        config.ReconnectBackoffMaxMs ??= ReconnectMs;
        foreach (var (name, value) in extra ?? [])
            config.Set(name, value);
        return config;
    }

    private static string Nearest(string name)
    {
        var (distance, nearest) = Allowed.Concat(Refused.Keys).Select(known => (Distance(name, known), known)).Min();
        return distance <= FarthestMisspelling ? $"; did you mean '{nearest}'?" : "";
    }

    // Letters to change, add or take away.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var changed = char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? diagonal : diagonal + 1;
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
