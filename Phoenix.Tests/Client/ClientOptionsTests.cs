using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Phoenix.Client;
using Xunit;

namespace Phoenix.Tests.Client;

public sealed class ClientOptionsTests
{
    [Fact]
    public void a_client_that_knows_nothing_says_everything_it_needs()
    {
        var error = Refusal(_ => { });
        Assert.Contains("BootstrapServers is empty. Set it to", error, StringComparison.Ordinal);
        Assert.Contains("ApplicationName is ''. Set it to", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("My Shop")]
    [InlineData("9lives")]
    public void an_application_name_that_makes_no_topic_is_refused(string name) =>
        Assert.Contains("ApplicationName", Refusal(options => (options.BootstrapServers, options.ApplicationName) = ("localhost:9092", name)), StringComparison.Ordinal);

    [Fact]
    public void limits_that_cannot_work_are_refused()
    {
        var error = Refusal(options =>
        {
            (options.BootstrapServers, options.ApplicationName) = ("localhost:9092", "tests");
            (options.MaxInFlight, options.ReplyPartitions, options.RequestTimeout) = (0, 0, TimeSpan.Zero);
        });
        Assert.Contains("MaxInFlight is 0", error, StringComparison.Ordinal);
        Assert.Contains("ReplyPartitions is 0", error, StringComparison.Ordinal);
        Assert.Contains("RequestTimeout is 00:00:00", error, StringComparison.Ordinal);
    }

    private static string Refusal(Action<PhoenixClientOptions> configure)
    {
        using var services = new ServiceCollection().AddPhoenixClient(configure).BuildServiceProvider();
        return Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IPhoenixClient>()).Message;
    }
}
