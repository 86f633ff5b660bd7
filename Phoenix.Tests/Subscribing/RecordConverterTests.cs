using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.Dispatch;
using Phoenix.EventStore;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Subscribing;
using Phoenix.Tests.EndToEnd;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>A record becomes commands under ids that follow from its place, or a reason that is fit to leave the process.</summary>
public sealed class RecordConverterTests
{
    private static readonly DomainModel Domain = DomainModel.Of(typeof(Account).Assembly);

    private static readonly KafkaMessage Record = new()
    {
        Topic = "payments", Partition = 3, Offset = 42, Timestamp = DateTimeOffset.UnixEpoch,
            TopicIncarnation = "6b0d0d5c-6a52-4a39-9d8c-0b0a7c1f2e3d", RawBody = "{}"u8.ToArray(),
    };

    [Fact]
    public void commands_are_messages_to_their_aggregates_in_order()
    {
        var messages = Convert(_ => [IncomingCommand.To("ann", new Deposit(5)),
            IncomingCommand.To("t-1", new global::Shop.Transfers.Transfer("ann", "bob", 1)) with { CorrelationId = "own" }],
            Record with { Headers = [new("correlationid", "theirs"), new("traceparent", "00-1"), new("principal", "root")] }).Messages;
        Assert.Equal(
            [("shop.account", "ann"), ("shop.transfer", "t-1")], messages.Select(message => (message.StreamNamespace, message.Key)));
        Assert.Equal("""{"amount":5}""", Encoding.UTF8.GetString(messages[0].Body.Span));
        Assert.Equal(["ce_specversion", "ce_type", "ce_source", "correlationid", "traceparent", "ce_id"],
            messages[0].Headers.Select(header => header.Name));
        Assert.Equal(("shop.deposit", "subscription:t.test", "theirs"),
            (Of(messages[0], "ce_type"), Of(messages[0], "ce_source"), Of(messages[0], "correlationid")));
        Assert.Equal("own", Of(messages[1], "correlationid"));
        Assert.NotEqual(Of(messages[0], "ce_id"), Of(messages[1], "ce_id"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("far too long far too long far too long far too long far too long far too long far too long far too long far too long far too long")]
    public void a_correlation_id_that_no_command_may_have_is_left_out(string correlation)
    {
        var message = Assert.Single(Convert(
            _ => [IncomingCommand.To("ann", new Deposit(5))], Record with { Headers = [new("correlationid", correlation)] }).Messages);
        Assert.DoesNotContain(message.Headers, header => header.Name == "correlationid");
    }

    [Fact]
    public void an_id_is_the_same_for_the_same_place_and_another_for_every_other()
    {
        Assert.Equal(new Guid("00000000-0000-84b5-889d-ad60e3747ae0"), SubscriptionIdentity.Of(Record, 0));
        KafkaMessage[] others =
        [
            Record with { Topic = "other" }, Record with { Partition = 4 }, Record with { Offset = 43 },
                Record with { TopicIncarnation = "later" }, Record with { Timestamp = DateTimeOffset.UnixEpoch.AddSeconds(1) },
        ];
        Assert.Single(others.Append(Record).Where(record => record.Topic == Record.Topic)
            .Select(record => SubscriptionIdentity.Of(record, 0, messageId: "m-1")).Distinct());
        Assert.NotEqual(SubscriptionIdentity.Of(Record, 0, messageId: "m-1"), SubscriptionIdentity.Of(Record, 0, messageId: "m-2"));
        Assert.Equal(7, others.Append(Record).Select(record => SubscriptionIdentity.Of(record, 0))
            .Append(SubscriptionIdentity.Of(Record, 1)).Distinct().Count());
    }

    [Fact]
    public void a_record_that_is_unusable_says_why() =>
        Refuses(_ => throw new UnusableRecordException("No such currency."), ErrorCodes.Undecodable, "No such currency.");

    [Fact]
    public void json_that_cannot_be_read_is_told_in_words_of_json() =>
        Refuses(record => [IncomingCommand.To("ann", new Deposit(record.Json<Deposit>().Amount))], ErrorCodes.Undecodable,
            "$: missing 'amount'");

    [Fact]
    public void an_id_that_no_aggregate_may_have_makes_the_record_unusable() =>
        Refuses(_ => [IncomingCommand.To("", new Deposit(5))], ErrorCodes.Undecodable, "at least one character");

    [Fact]
    public void what_an_exception_says_does_not_leave_the_process()
    {
        var reason = Refuses(
            _ => throw new InvalidOperationException("password=secret"), ErrorCodes.HandlerFailed, "'t.test' failed on the record");
        Assert.DoesNotContain("secret", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void nonsense_is_refused()
    {
        Refuses(_ => null!, ErrorCodes.HandlerFailed, "failed on the record");
        Refuses(_ => [null!], ErrorCodes.HandlerFailed, "failed on the record");
        Refuses(_ => Enumerable.Repeat(IncomingCommand.To("ann", new Deposit(5)), 1_001), ErrorCodes.Undecodable,
            "more than 1000 commands");
        Refuses(_ => [IncomingCommand.To("x", new Note("x"))], ErrorCodes.UnknownName,
            "Command 0 of the record is for 'test.fragile', which no aggregate of this host is");
    }

    [Fact]
    public void a_record_with_a_broadcast_is_read_in_pages_and_its_mistakes_are_found_before_the_first()
    {
        var conversion = Convert(_ => [IncomingCommand.To("ann", new Deposit(5)), IncomingCommand.ToAll("spring", new Deposit(6))], Record);
        Assert.Empty(conversion.Messages);
        Assert.Equal(["""{"amount":5}""", """{"amount":6}"""], conversion.Pages!.Bodies.Select(body => Encoding.UTF8.GetString(body.Span)));
        Assert.NotNull(Convert(_ => [IncomingCommand.ToIfTagged("spring", "ann", new Deposit(5))], Record).Pages);
        Refuses(_ => [IncomingCommand.ToIfTagged("", "ann", new Deposit(5))], ErrorCodes.Undecodable, "at least one character");
        Refuses(_ => [IncomingCommand.ToIfTagged("spring", "", new Deposit(5))], ErrorCodes.Undecodable, "at least one character");
        Refuses(_ => [IncomingCommand.ToAll("", new Deposit(5))], ErrorCodes.Undecodable, "at least one character");
        Refuses(_ => [IncomingCommand.ToAll("all", new Note("x"))], ErrorCodes.UnknownName, "which no aggregate of this host is");
    }

    [Fact]
    public void a_format_reads_the_value_for_json_alone()
    {
        var record = Record with { RawBody = "}5:\"tnuoma\"{"u8.ToArray() };
        var message = Assert.Single(Convert(
            foreign => [IncomingCommand.To(foreign.ValueText[..1], foreign.Json<Deposit>())], record, new Backwards()).Messages);
        Assert.Equal("}", message.Key);
        Assert.Equal("""{"amount":5}""", Encoding.UTF8.GetString(message.Body.Span));
        Assert.Single(Convert(foreign => [IncomingCommand.To(foreign.Value is null ? "gone" : "there", new Deposit(5))],
            Record with { RawBody = null }, new Backwards(new InvalidOperationException())).Messages, gone => gone.Key == "gone");
    }

    [Fact]
    public void a_format_that_fails_refuses_the_record_and_one_that_cannot_tell_lets_it_wait()
    {
        Func<ForeignRecord, IEnumerable<IncomingCommand>> never = _ => throw new InvalidOperationException();
        Assert.Equal("The registry is away.", Convert(never, Record, new Backwards(new FormatUnavailableException("The registry is away."))).WaitsFor);
        var unusable = Convert(never, Record, new Backwards(new UnusableRecordException("No Avro.")));
        Assert.Equal((null, "undecodable", "No Avro."), (unusable.WaitsFor, unusable.Refusal?.Code, unusable.Refusal?.Message));
        var failed = Convert(never, Record, new Backwards(new InvalidOperationException("password=secret"))).Refusal!;
        Assert.Equal("handler-failed", failed.Code);
        Assert.DoesNotContain("secret", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_thousand_commands_are_taken() =>
        Assert.Equal(1_000, Convert(_ => Enumerable.Repeat(IncomingCommand.To("ann", new Deposit(5)), 1_000), Record).Messages.Count);

    private static DeadLetterReason Refuses(Func<ForeignRecord, IEnumerable<IncomingCommand>> convert, string code, string message)
    {
        var conversion = Convert(convert, Record);
        Assert.Empty(conversion.Messages);
        Assert.Equal(code, conversion.Refusal!.Code);
        Assert.Contains(message, conversion.Refusal.Message, StringComparison.Ordinal);
        return conversion.Refusal;
    }

    private static Conversion Convert(
        Func<ForeignRecord, IEnumerable<IncomingCommand>> convert, KafkaMessage record, IRecordFormat? format = null)
    {
        var definition = new SubscriptionDefinition(
            "t.test", "payments", default, new(), SubscriptionModel.Of(new SubscriptionAttribute("t.test"), new Asked(convert)));
        var converting = new RecordConverter(definition, Domain, new NobodyBehind(), format, NullLogger<RecordConverter>.Instance)
            .ConvertAsync(record, TestContext.Current.CancellationToken).AsTask();
        Assert.True(converting.IsCompleted);
        return converting.Result;
    }

    private sealed class Backwards(Exception? failure = null) : IRecordFormat
    {
        public string Name => "backwards";

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ForeignRecord record, CancellationToken cancellationToken)
        {
            if (failure is not null) throw failure;
            var bytes = record.Value!.Value.ToArray();
            Array.Reverse(bytes);
            return new(bytes);
        }
    }

    private static string? Of(ConvertedMessage message, string header) => message.Headers.Single(each => each.Name == header).Text;

    private sealed class Asked(Func<ForeignRecord, IEnumerable<IncomingCommand>> convert) : Subscription
    {
        public override IEnumerable<IncomingCommand> Convert(ForeignRecord record) => convert(record);
    }

    private sealed class NobodyBehind : ITags
    {
        public Task<IReadOnlyList<string>> PageAsync(string subscription, string tag, string aggregate, string after, int limit) =>
            Task.FromResult<IReadOnlyList<string>>([]);

        public Task<IReadOnlySet<TaggedStream>> BehindAsync(string subscription, IReadOnlyCollection<TaggedStream> asked) =>
            Task.FromResult<IReadOnlySet<TaggedStream>>(new HashSet<TaggedStream>());
    }
}
