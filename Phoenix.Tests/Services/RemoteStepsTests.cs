using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Phoenix.Coordination;
using Phoenix.Dispatch;
using Phoenix.Hosting;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Tests.Docs;
using Phoenix.Transactions;
using Shop.Accounts;
using Shop.Purchases;
using Warehouse.Goods;
using Xunit;

namespace Phoenix.Tests.Services;

/// <summary>What is sent to another service, and what its answers and its silence come to.</summary>
public sealed class RemoteStepsTests
{
    private const string Transaction = "shop.purchase/p-1";

    private static readonly StepCall Take = new("take", StepPhase.Do, 1, IsClose: false)
    {
        Aggregate = "warehouse.goods", AggregateId = "tea", Service = "warehouse", CommandId = "local", Command = new TakeGoods(2),
    };

    private static readonly StepReference Reference = new($"//shop/{Transaction}", "take", StepPhase.Do, 1);

    private readonly FakeTimeProvider _time = new();
    private readonly KeptRecords _sender = new();
    private readonly StepWaits _waits;
    private readonly RemoteSteps _steps;

    public RemoteStepsTests()
    {
        var options = new PhoenixOptions { TopicPrefix = "shop", Services = { ["warehouse"] = new() { TopicPrefix = "depot" } } };
        var domain = DomainModel.Of(typeof(Account).Assembly, typeof(GoodsPurchase).Assembly);
        _waits = new(_time);
        _steps = new(new(options, domain, NullLogger<OtherServices>.Instance, _sender), _waits, Transaction, _time);
    }

    [Fact]
    public void a_step_has_the_headers_of_the_page()
    {
        _ = _steps.AskAsync("warehouse", Take, mayBeRepeat: true);

        var record = Assert.Single(_sender.Records);
        Assert.Equal(
            ("depot.warehouse.goods.commands", "tea", """{"quantity":2}"""),
            (record.Topic, record.Key, Encoding.UTF8.GetString(record.Body!.Value.Span)));
        var sent = CloudEventCodec.Encode(record).Headers.ToDictionary(
            header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes()));
        // Those that every command has stand in its own table.
        Assert.Equal(
            WirePage.Table("A step of a transaction of another service").SelectMany(row => WirePage.Names(row[0])).Order(),
            sent.Keys.Except(["ce_specversion", "content-type"]).Order());
        Assert.Equal(
            (Reference.CommandId, "warehouse.take-goods", "//shop/shop.purchase/p-1", "shop.steps.replies", StepUri.Of(Reference),
                Transaction),
            (sent["ce_id"], sent["ce_type"], sent["ce_source"], sent["replyto"], sent["phoenixstep"], sent["correlationid"]));
    }

    [Fact]
    public async Task whoever_asks_and_whoever_closes_gets_the_one_answer()
    {
        var asked = _steps.AskAsync("warehouse", Take, mayBeRepeat: false);
        var closed = _steps.AskAsync("warehouse", Take with { IsClose = true, Command = null }, mayBeRepeat: true);

        Assert.True(_steps.Take(Reference, new StepAnswer.Accepted("8")));

        Assert.Equal(new StepAnswer.Accepted("8"), await asked);
        Assert.Equal(new StepAnswer.Accepted("8"), await closed);
        Assert.Equal([Reference.CommandId, Reference.CommandId], _sender.Records.Select(record => record.Id));
        Assert.Equal([null, "true"], _sender.Records.Select(record =>
            record.Headers.FirstOrDefault(header => header.Name == WireHeaders.Repeat)?.Text));
        Assert.Empty(_waits.All);
    }

    [Fact]
    public async Task silence_ends_the_asking_and_not_the_wait()
    {
        var asked = _steps.AskAsync("warehouse", Take, mayBeRepeat: false);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(asked.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Null(await asked);
        var again = _steps.AskAsync("warehouse", Take, mayBeRepeat: true);

        var waiting = Assert.Single(_waits.All);
        Assert.Equal(("warehouse", 1, Transaction, "take"), (waiting.Service, waiting.Count, waiting.Transaction, waiting.Step));
        Assert.Equal(TimeSpan.FromSeconds(10), _time.GetUtcNow() - waiting.Since);
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task an_answer_that_comes_when_nobody_waits_is_told_to_be_so()
    {
        var asked = _steps.AskAsync("warehouse", Take, mayBeRepeat: false);
        _time.Advance(TimeSpan.FromSeconds(10));
        await asked;

        Assert.False(_steps.Take(Reference, new StepAnswer.Accepted("8")));
        Assert.Empty(_waits.All);
    }

    [Fact]
    public async Task a_command_that_no_topic_takes_is_a_faulty_answer_and_a_broker_that_is_away_is_silence()
    {
        _sender.Failure = new KafkaRejectedException(KafkaRejectedException.TooLarge, "Too large.");
        Assert.Equal(
            new StepAnswer.Failed(ErrorCodes.TooLarge, "Too large."), await _steps.AskAsync("warehouse", Take, mayBeRepeat: false));

        _sender.Failure = new KafkaRejectedException(KafkaRejectedException.UnknownTopic, "No such topic.");
        var asked = _steps.AskAsync("warehouse", Take, mayBeRepeat: false);
        Assert.False(asked.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Null(await asked);
    }

    [Fact]
    public void what_this_host_has_goes_to_no_service() =>
        Assert.Equal(
            ("warehouse", null), (_steps.ServiceOf(Take), _steps.ServiceOf(Take with { Aggregate = "shop.account", Service = "bank" })));

    private sealed class KeptRecords : IKafkaSender
    {
        public List<KafkaRecord> Records { get; } = [];

        public Exception? Failure { get; set; }

        public Task<KafkaReceipt> SendAsync(KafkaRecord record, CancellationToken cancellationToken)
        {
            Records.Add(record);
            return Failure is null ? Task.FromResult(new KafkaReceipt(record.Topic, 0, 0)) : Task.FromException<KafkaReceipt>(Failure);
        }
    }
}
