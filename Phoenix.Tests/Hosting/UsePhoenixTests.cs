using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Phoenix.Aggregates;
using Phoenix.Clustering;
using Phoenix.Due;
using Phoenix.EventStore;
using Phoenix.Health;
using Phoenix.Hosting;
using Phoenix.Kafka;
using Phoenix.Publishing;
using Xunit;

namespace Phoenix.Tests.Hosting;

/// <summary>A host is told its settings by configuration and by code, and every part of it sees both.</summary>
public sealed class UsePhoenixTests
{
    private const string Database = "Host=nowhere;Database=app";
    private readonly HostApplicationBuilder _builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });

    [Fact]
    public void settings_by_code_reach_every_part()
    {
        _builder.UsePhoenix(
            options =>
            {
                options.ConnectionString = Database;
                options.Schema = "house";
                options.Kafka = "broker:9092";
                options.TopicPrefix = "p";
                options.ReadConnections = 7;
                options.Aggregates.MaxActive = 77;
                options.Due.Attempts = 3;
                options.Publications.Forward.Add("shop.account");
                options.Cluster.ClusterId = "blue";
                options.Cluster.FailureDetection.Votes = 3;
                options.Silo.Port = 12_345;
                options.Silo.Name = "one";
                options.Health.StalledAfter = TimeSpan.FromMinutes(2);
            },
            typeof(global::Shop.Accounts.Account).Assembly);
        using var host = _builder.Build();

        Assert.Equal("house", Of<PostgresClusteringOptions>(host).Schema);
        Assert.StartsWith(Database, Of<PostgresClusteringOptions>(host).ConnectionString, StringComparison.Ordinal);
        Assert.Equal("house", Of<PostgresRemindersOptions>(host).Schema);
        Assert.Equal(7, Of<EventStoreOptions>(host).ReadConnections);
        Assert.StartsWith(Database, Of<EventStoreOptions>(host).ConnectionString, StringComparison.Ordinal);
        Assert.Equal("house", host.Services.GetRequiredService<ILogStore>().Options.DatabaseSchemaName);
        var kafka = host.Services.GetRequiredService<IOptionsMonitor<KafkaStreamOptions>>().Get("kafka");
        Assert.Equal(("broker:9092", "p.silos"), (kafka.BootstrapServers, kafka.ConsumerGroup));
        Assert.Contains(kafka.Topics, topic => topic.Topic == "p.shop.account.commands");
        Assert.Equal(77, host.Services.GetRequiredService<AggregateOptions>().MaxActive);
        Assert.Equal(3, host.Services.GetRequiredService<DueOptions>().Attempts);
        Assert.Contains("shop.account", host.Services.GetRequiredService<PublicationCatalog>().All.Keys);
        Assert.Equal("blue", Of<ClusterOptions>(host).ClusterId);
        Assert.Equal(3, Of<ClusterMembershipOptions>(host).NumVotesForDeathDeclaration);
        Assert.Equal(12_345, Of<EndpointOptions>(host).SiloPort);
        Assert.Equal("one", Of<SiloOptions>(host).SiloName);
        Assert.Equal(TimeSpan.FromMinutes(2), host.Services.GetRequiredService<HealthLimits>().StalledAfter);
    }

    [Fact]
    public void settings_come_from_configuration_and_then_from_code()
    {
        Configure(("Phoenix:ConnectionString", Database), ("Phoenix:Schema", "low"), ("Phoenix:Silo:Port", "12000"),
            ("Phoenix:Aggregates:IdleAfterOf:shop.account", "00:01:00"));
        _builder.UsePhoenix(options => options.Schema = "high", typeof(global::Shop.Accounts.Account).Assembly);
        // What a user's own code adds in the usual way is seen, too.
        _builder.Services.Configure<PhoenixOptions>(options => options.Cluster.ServiceId = "late");
        using var host = _builder.Build();

        Assert.Equal("high", Of<PostgresClusteringOptions>(host).Schema);
        Assert.Equal(12_000, Of<EndpointOptions>(host).SiloPort);
        Assert.Equal("late", Of<ClusterOptions>(host).ServiceId);
        Assert.Equal(TimeSpan.FromMinutes(1), host.Services.GetRequiredService<AggregateOptions>().IdleAfterOf["shop.account"]);
    }

    [Fact]
    public void domains_come_from_configuration_and_from_code()
    {
        Configure(("Phoenix:ConnectionString", Database),
            ("Phoenix:Domains:0", typeof(global::Shop.Accounts.Account).Assembly.GetName().Name!));
        _builder.UsePhoenix(typeof(UsePhoenixTests).Assembly);
        using var host = _builder.Build();

        var aggregates = host.Services.GetRequiredService<Phoenix.Dispatch.DomainModel>().Aggregates.Keys;
        Assert.Contains("shop.account", aggregates);
        Assert.Contains("guide.seat", aggregates);
    }

    [Fact]
    public async Task a_start_lists_everything_that_is_wrong_with_all_settings()
    {
        Configure(
            ("Phoenix:ConnectionString", "postgres://db/app"), ("Phoenix:Partitions", "0"), ("Phoenix:Aggregates:Attempts", "0"),
                ("Phoenix:Due:PageRows", "0"),
            ("Phoenix:Publications:MaxParked", "0"), ("Phoenix:Subscriptions:nobody:Enabled", "true"), ("Phoenix:Silo:Port", "0"),
                ("Phoenix:Cluster:ClusterId", ""),
            ("Phoenix:Cluster:FailureDetection:Votes", "0"), ("Phoenix:Health:StalledAfter", "00:00:01"),
                ("Phoenix:Shutdown:DrainTimeLimit", "00:00:00"));
        _builder.UsePhoenix(typeof(global::Shop.Accounts.Account).Assembly);
        _builder.Services.AddPhoenixHealth();
        using var host = _builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        string[] wrong =
        [
            "Phoenix:ConnectionString", "Phoenix:Partitions", "Phoenix:Aggregates:Attempts", "Phoenix:Due:PageRows",
                "Phoenix:Publications:MaxParked", "Phoenix:Subscriptions:nobody",
            "Phoenix:Silo:Port", "Phoenix:Cluster:ClusterId", "Phoenix:Cluster:FailureDetection:Votes", "Phoenix:Health:StalledAfter",
                "Phoenix:Shutdown:DrainTimeLimit",
        ];
        Assert.All(wrong, setting => Assert.Single(error.Failures, failure => failure.StartsWith(setting, StringComparison.Ordinal)));
        Assert.Equal(wrong.Length, error.Failures.Count());
    }

    [Fact]
    public void a_domain_that_is_not_there_is_told_with_the_rest()
    {
        Configure(("Phoenix:Domains:0", "My.Domain"), ("Phoenix:Partitions", "0"));
        var error = Assert.Throws<OptionsValidationException>(() => _builder.UsePhoenix());
        Assert.Equal(3, error.Failures.Count());
        Assert.Contains("My.Domain", error.Message, StringComparison.Ordinal);
        Assert.Contains("Phoenix:ConnectionString", error.Message, StringComparison.Ordinal);
        Assert.Contains("Phoenix:Partitions", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Phoenix:Kafka", "broker:9092")]
    [InlineData("Phoenix:Domains:0", "My.Domain")]
    [InlineData("Phoenix:Publications:Forward:0", "shop.account")]
    public async Task what_the_host_is_made_of_cannot_be_set_when_it_is_made(string key, string value)
    {
        Configure(("Phoenix:ConnectionString", Database));
        _builder.UsePhoenix(typeof(global::Shop.Accounts.Account).Assembly);
        Configure((key, value));
        using var host = _builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"{string.Join(':', key.Split(':')[..2])} was set after UsePhoenix", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_host_is_made_a_silo_once()
    {
        _builder.UsePhoenix(typeof(global::Shop.Accounts.Account).Assembly);
        Assert.Throws<InvalidOperationException>(() => _builder.UsePhoenix(typeof(global::Shop.Accounts.Account).Assembly));
    }

    private static T Of<T>(IHost host) where T : class => host.Services.GetRequiredService<IOptions<T>>().Value;

    private void Configure(params IEnumerable<(string Key, string Value)> settings) =>
        _builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
}
