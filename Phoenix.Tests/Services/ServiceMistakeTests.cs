using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Phoenix.Dispatch;
using Phoenix.Hosting;
using Phoenix.Kafka;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Purchases;
using Warehouse.Goods;
using Xunit;

namespace Phoenix.Tests.Services;

/// <summary>What is wrong with services is told when a host starts.</summary>
public sealed class ServiceMistakeTests
{
    private static readonly (string, string) Kafka = ("Phoenix:Kafka", "nowhere:9092");

    [Fact]
    public async Task a_step_at_a_service_that_nobody_declared() =>
        Assert.Contains(
            "has a step at the service 'warehouse', which Phoenix:Services does not name", await MistakesOfAsync(Kafka), StringComparison.Ordinal);

    [Fact]
    public async Task a_step_at_a_service_without_kafka() => Assert.Contains(
        "has a step at the service 'warehouse', and Phoenix:Kafka is empty",
        await MistakesOfAsync(("Phoenix:Services:warehouse:TopicPrefix", "warehouse")), StringComparison.Ordinal);

    [Theory]
    [InlineData("TopicPrefix", "Bad Name", "Phoenix:Services:warehouse:TopicPrefix is a lower-case letter followed by")]
    [InlineData("TopicPrefix", "phoenix", "Phoenix:Services:warehouse:TopicPrefix is that of these silos themselves")]
    [InlineData("AskAgainAfter", "00:00:00.05", "Phoenix:Services:warehouse:AskAgainAfter is at least 100 ms")]
    [InlineData("LateAfter", "00:00:00", "Phoenix:Services:warehouse:LateAfter is more than zero")]
    [InlineData("KeepLedgerFor", "00:59:00", "Phoenix:Services:warehouse:KeepLedgerFor is at least 1 hour")]
    public async Task a_setting_that_cannot_be(string setting, string value, string problem) =>
        Assert.Contains(problem, await MistakesOfAsync(Kafka, ($"Phoenix:Services:warehouse:{setting}", value)), StringComparison.Ordinal);

    [Fact]
    public async Task two_services_with_the_same_topics() => Assert.Contains(
        "'depot' and 'warehouse' have the same TopicPrefix 'depot'",
        await MistakesOfAsync(
            Kafka, ("Phoenix:Services:warehouse:TopicPrefix", "depot"), ("Phoenix:Services:depot:AskAgainAfter", "00:00:10")),
        StringComparison.Ordinal);

    [Fact]
    public void who_has_the_rules_asks_them_and_no_service()
    {
        Assert.Equal(["warehouse"], DomainModel.Of(typeof(Account).Assembly, typeof(GoodsPurchase).Assembly).Services.Keys);
        Assert.Empty(DomainModel.Of(typeof(Account).Assembly, typeof(GoodsPurchase).Assembly, typeof(StoredGoods).Assembly).Services);
    }

    [Fact]
    public void a_service_that_is_declared_is_read_from_and_may_be_answered()
    {
        using var host = Build(Kafka, ("Phoenix:Services:warehouse:TopicPrefix", "depot"));
        var streams = host.Services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get("kafka");
        var topics = new Phoenix.Intake.ReplyTopics(host.Services.GetRequiredService<PhoenixOptions>());

        Assert.Contains(streams.Topics, topic => topic is { Topic: "phoenix.steps.replies", Converter: not null });
        Assert.True(topics.Allow("depot.steps.replies"));
        Assert.False(topics.Allow("depot.other.replies"));
    }

    [Fact]
    public void a_service_that_moves_makes_another_plan()
    {
        var here = new Step<IAccountGrain>("take", "1", new Deposit(1));
        var there = new Step<IGoodsGrain>("take", "1", new TakeGoods(1));

        Assert.Null(here.Service);
        Assert.Equal("warehouse", there.Service);
        Assert.NotEqual(new Plan([here]).Fingerprint(), new Plan([there]).Fingerprint());
    }

    private static async Task<string> MistakesOfAsync(params (string Key, string Value)[] settings)
    {
        using var host = Build(settings);
        return (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken))).Message;
    }

    private static IHost Build(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Append(("Phoenix:ConnectionString", "Host=nowhere;Database=app"))
            .Append(("Phoenix:Subscriptions:shop.payments:Enabled", "false"))
            .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2)));
        builder.UsePhoenix(typeof(Account).Assembly, typeof(GoodsPurchase).Assembly);
        return builder.Build();
    }
}
