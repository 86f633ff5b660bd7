using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Wire;

public sealed class OptionsTests
{
    [Fact]
    public void defaults_with_the_required_settings_are_valid() => Assert.True(Validate(Valid()).Succeeded);

    [Fact]
    public void each_missing_setting_is_named()
    {
        var failures = Validate(new KafkaStreamOptions()).Failures!.ToList();
        Assert.Contains(failures, failure => failure.Contains("BootstrapServers", StringComparison.Ordinal));
        Assert.Contains(failures, failure => failure.Contains("ConsumerGroup", StringComparison.Ordinal));
        Assert.Contains(failures, failure => failure.Contains("Topics", StringComparison.Ordinal));
    }

    [Fact]
    public void a_namespace_may_stand_once()
    {
        var options = Valid();
        options.Topics.Add(new KafkaTopic("wire", "other"));
        Assert.Contains("'wire' stands in Topics 2 times", Assert.Single(Validate(options).Failures!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop.account.commands", "shop.account.dead-letter")]
    [InlineData("orders", "orders.dead-letter")]
    public void dead_letter_topics_are_named_after_their_topic(string topic, string deadLetters) =>
        Assert.Equal(deadLetters, new KafkaTopic("wire", topic).DeadLetterTopic);

    private static KafkaStreamOptions Valid() =>
        new() { BootstrapServers = "localhost:9092", ConsumerGroup = "group", Topics = { new KafkaTopic("wire", "topic") } };

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(KafkaStreamOptions options) =>
        new KafkaStreamOptionsValidator("kafka").Validate("kafka", options);
}
