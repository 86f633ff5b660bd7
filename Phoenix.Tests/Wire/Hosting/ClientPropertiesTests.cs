using Confluent.Kafka;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

/// <summary>No line of configuration switches a guarantee off, and none is misspelt in silence.</summary>
public sealed class ClientPropertiesTests
{
    [Theory]
    [InlineData("enable.auto.offset.store", "positions are committed when their records are decided")]
    [InlineData("enable.auto.commit", "positions are committed when their records are decided")]
    [InlineData("auto.offset.reset", "a log that lost records is noticed")]
    [InlineData("isolation.level", "aborted transaction")]
    [InlineData("group.id", "its name comes from the topic prefix")]
    [InlineData("acks", "all in-sync replicas")]
    [InlineData("request.required.acks", "all in-sync replicas")]
    [InlineData("enable.idempotence", "stored once and in order")]
    [InlineData("max.in.flight.requests.per.connection", "stored once and in order")]
    [InlineData("partitioner", "one key")]
    [InlineData("transactional.id", "outside transactions")]
    [InlineData("delivery.report.only.error", "senders wait")]
    [InlineData("bootstrap.servers", "brokers' addresses")]
    public void what_switches_a_guarantee_off_is_refused_with_the_reason(string name, string reason)
    {
        var problem = Assert.Single(ClientProperties.Problems([new(name, "true")], "KafkaProperties"));
        Assert.Contains($"KafkaProperties holds '{name}'", problem, StringComparison.Ordinal);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sasl.usernam", "sasl.username")]
    [InlineData("Security.Protocol", "security.protocol")]
    [InlineData("enable.auto.comit", "enable.auto.commit")]
    [InlineData("socket_timeout_ms", "socket.timeout.ms")]
    public void a_misspelt_name_is_refused_with_the_one_that_may_be_meant(string name, string meant) =>
        Assert.Contains($"did you mean '{meant}'?", Assert.Single(ClientProperties.Problems([new(name, "x")], "KafkaProperties")), StringComparison.Ordinal);

    [Fact]
    public void a_silo_that_starts_with_bad_properties_names_all_of_them_at_once()
    {
        var options = new KafkaStreamOptions { BootstrapServers = "localhost:9092", ConsumerGroup = "group", Topics = { new KafkaTopic("wire", "topic") } };
        foreach (var name in new[] { "acks", "isolation.level", "nonsense.and.more", "security.protocol" })
            options.ExtraProperties[name] = "1";
        var failures = new KafkaStreamOptionsValidator("kafka").Validate("kafka", options).Failures!.ToList();
        Assert.Equal(3, failures.Count);
        Assert.All(["'acks'", "'isolation.level'", "'nonsense.and.more'"], name => Assert.Contains(failures, failure => failure.Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void what_the_deployment_sets_is_allowed() => Assert.Empty(ClientProperties.Problems(
        [new("security.protocol", "SASL_SSL"), new("sasl.mechanism", "SCRAM-SHA-512"), new("sasl.username", "u"), new("sasl.password", "p"), new("ssl.ca.location", "/ca.pem")],
        "KafkaProperties"));

    [Fact]
    public void every_name_that_is_allowed_is_one_that_the_client_has()
    {
        foreach (var name in ClientProperties.Allowed)
        {
            var config = new ProducerConfig { BootstrapServers = "localhost:9092" };
            config.Set(name, "");
            try
            {
                using var producer = new ProducerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
            }
            catch (Exception error) when (error is InvalidOperationException or ArgumentException or KafkaException)
            {
                // It refuses a name that it does not have before it looks at the value.
                Assert.DoesNotContain("No such configuration property", error.Message, StringComparison.Ordinal);
            }
        }
    }
}
