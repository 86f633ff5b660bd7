using System.Diagnostics;
using System.Text;
using Phoenix.Client;
using Phoenix.Messages;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Client;

[Trait("Category", "Servers")]
public sealed class HandOverTests(SharedKafka kafka)
{
    [Fact]
    public async Task a_sent_command_stands_in_its_topic_as_the_wire_contract_says()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var options = new CommandOptions
        {
            CommandId = "deposit-1",
            CorrelationId = "order-7",
            Headers = new Dictionary<string, string> { ["Tenant"] = "Zoë" },
            MayBeRepeat = true,
        };

        var id = await wire.Client.SendAsync("a/1 ö", new Deposit(30.50m), options, TestContext.Current.CancellationToken);

        var record = await wire.Silo.NextAsync();
        Assert.Equal("deposit-1", id);
        Assert.Equal("a/1 ö", Encoding.UTF8.GetString(record.Message.Key));
        Assert.Equal("""{"amount":30.50}""", Encoding.UTF8.GetString(record.Message.Value));
        var headers = record.Message.Headers.ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes()));
        Assert.Equal(
            new SortedDictionary<string, string>
            {
                ["ce_specversion"] = "1.0",
                ["ce_id"] = "deposit-1",
                ["ce_type"] = "shop.deposit",
                ["ce_source"] = "/tests",
                ["content-type"] = "application/json",
                ["correlationid"] = "order-7",
                ["phoenixrepeat"] = "true",
                ["Tenant"] = "Zoë",
            },
            new SortedDictionary<string, string>(headers));
    }

    [Fact]
    public async Task a_command_without_an_id_gets_a_new_time_ordered_one()
    {
        await using var wire = await Wire.StartAsync(kafka);
        var first = await wire.Client.SendAsync("a-1", new Deposit(1), cancellation: TestContext.Current.CancellationToken);
        var second = await wire.Client.SendAsync("a-1", new Deposit(1), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(7, Guid.Parse(first).Version);
        Assert.NotEqual(first, second);
        Assert.Equal(first, ForeignSilo.Header(await wire.Silo.NextAsync(), "ce_id"));
    }

    [Fact]
    public async Task the_trace_of_the_caller_goes_along()
    {
        await using var wire = await Wire.StartAsync(kafka);
        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

        await wire.Client.SendAsync("a-1", new Deposit(1), cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(activity.TraceId.ToHexString(), ForeignSilo.Header(await wire.Silo.NextAsync(), "traceparent")!.Split('-')[1]);
    }

    [Theory]
    [InlineData("shop.account", "", "at least one character")]
    [InlineData("shop.account", "a\u0007", "U+0007")]
    [InlineData("Shop.Account", "a-1", "no aggregate name")]
    public async Task an_address_that_cannot_exist_is_refused_before_anything_is_sent(string aggregate, string id, string reason)
    {
        await using var wire = await Wire.StartAsync(kafka);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => wire.Client.SendAsync(aggregate, id, CommandMessage.Of(new Deposit(1)), TestContext.Current.CancellationToken));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ce_id", "x", "no name for a header")]
    [InlineData("replyto", "x", "no name for a header")]
    [InlineData("tenant", "a\nb", "control character")]
    public async Task a_header_that_the_wire_does_not_carry_is_refused(string name, string value, string reason)
    {
        await using var wire = await Wire.StartAsync(kafka);
        var options = new CommandOptions { Headers = new Dictionary<string, string> { [name] = value } };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => wire.Client.SendAsync("a-1", new Deposit(1), options, TestContext.Current.CancellationToken));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [RealBrokerFact]
    public async Task a_command_for_an_aggregate_that_nobody_hosts_is_refused()
    {
        await using var wire = await Wire.StartAsync(kafka);
        await wire.Client.Ready.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<CommandFailedException>(
            () => wire.Client.SendAsync("shop.nowhere", "a-1", CommandMessage.Of(new Deposit(1)), TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCodes.UnknownName, error.Code);
        // The broker was asked: the producer would have looked for the topic for five seconds, and be the cause.
        Assert.Null(error.InnerException);
    }
}
