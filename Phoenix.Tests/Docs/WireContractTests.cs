using System.Reflection;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.Client;
using Phoenix.Hosting;
using Phoenix.Intake;
using Phoenix.Kafka;
using Phoenix.Messages;
using Phoenix.Tests.EndToEnd;
using Xunit;

namespace Phoenix.Tests.Docs;

/// <summary>docs/wire.md is the contract that strangers program against: what its tables say is what the code does.</summary>
public sealed class WireContractTests
{
    private const string OwnHeaders = "anything else";
    private static readonly PhoenixOptions Options = new() { ReplyTopics = { "phoenix.*.replies" } };
    private static readonly Dispatch.AggregateModel Model =
        Dispatch.DomainModel.Of(typeof(Fragile).Assembly, typeof(global::Shop.Accounts.Account).Assembly).Aggregates["test.fragile"];

    private static readonly Dictionary<string, string> Good = new()
    {
        ["ce_specversion"] = "1.0",
        ["ce_type"] = "test.note",
        ["ce_id"] = "n-1",
        ["ce_source"] = "/tests",
        ["ce_time"] = "2026-01-31T12:00:00Z",
        ["content-type"] = "application/json",
        ["replyto"] = "phoenix.tests.replies",
        ["replypartition"] = "0",
        ["requestid"] = "r-1",
        ["correlationid"] = "c-1",
        ["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ["phoenixrepeat"] = "true",
        ["linearizable"] = "true",
        ["phoenixreplyat"] = "accepted",
        ["phoenixstep"] = "//orders/shop.order/o-1?step=pay&phase=do&round=1",
        ["principal"] = "ann",
    };

    public static TheoryData<string> Headers => [.. Rows().Select(row => Name(row[0]))];

    [Fact]
    public void the_page_lists_every_header_that_has_a_meaning_and_no_other()
    {
        var known = Constants(typeof(WireHeaders)).Where(name => KnownHeaders.PlaceOf(name) >= 0);
        Assert.Equal(known.Order(), Rows().Select(row => Name(row[0])).Order());
        Assert.Equal(OwnHeaders, WirePage.Table("A command")[^1][0]);
    }

    [Theory, MemberData(nameof(Headers))]
    public void a_header_is_required_where_the_page_says_so(string header)
    {
        var required = Row(header)[1] == "required";
        Assert.Equal(required, Refusal(Good.Where(each => each.Key != header)) == ErrorCodes.Undecodable);
    }

    [Theory, MemberData(nameof(Headers))]
    public void a_header_refuses_where_the_page_says_so(string header)
    {
        var damaged = Good.Append(new(header, "once more"));
        var command = Refusal(damaged) == ErrorCodes.Undecodable;
        var query = Refusal(damaged.Select(each => each.Key == "ce_type" ? new(each.Key, "test.last") : each)) == ErrorCodes.Undecodable;
        var trusted = Refusal(damaged, trust: true) == ErrorCodes.Undecodable;

        Assert.Equal(
            Row(header)[3] switch
            {
                "yes" => (true, true, true),
                "no" => (false, false, false),
                "queries" => (false, true, false),
                "if trusted" => (false, false, true),
                var other => throw new InvalidOperationException($"'{other}' is none of what the column holds."),
            },
            (command, query, trusted));
    }

    [Fact]
    public async Task a_reply_has_the_headers_of_the_page()
    {
        var sender = new KeptRecord();
        var request = RequestHeaders.Of(Message(Good));
        var address = new ReplyAddresses(new ReplyTopics(Options)).Read(request, Message(Good), out _)!;
        await new ReplyWriter(sender, NullLogger<ReplyWriter>.Instance).SendAsync(Message(Good), address, "test.fragile/a-1", ReplyBody.Failed("undecodable", "No."));

        var sent = CloudEventCodec.Encode(sender.Record!).Headers.Select(header => header.Key).Order();
        Assert.Equal(WirePage.Table("A reply").SelectMany(row => WirePage.Names(row[0])).Order(), sent);
    }

    [Fact]
    public void the_statuses_are_those_of_the_page() => Assert.Equal(
        Enum.GetValues<ReplyStatus>().Select(ReplyJson.TextOf).Order(), WirePage.Table("A reply", 1).Select(row => Name(row[0])).Order());

    [Fact]
    public void the_codes_are_those_of_the_page() => Assert.Equal(
        // What only grain calls and HTTP can get is not on the wire: over Kafka a command waits instead.
        Constants(typeof(ErrorCodes)).Except([ErrorCodes.Busy, ErrorCodes.Unavailable, ErrorCodes.Unknown]).Order(),
        WirePage.Table("A reply", 2).Select(row => Name(row[0])).Order());

    [Fact]
    public void a_dead_letter_has_the_headers_of_the_page() => Assert.Equal(
        Constants(typeof(DeadLetterHeaders)).Except([DeadLetterHeaders.Prefix]).Order(),
        WirePage.Table("A dead letter").SelectMany(row => WirePage.Names(row[0])).Order());

    [Fact]
    public void the_topics_are_those_of_the_page()
    {
        var client = new PhoenixClientOptions { ApplicationName = "tests" };
        string[] built = [client.CommandTopic("shop.account"), client.ReplyTopic, KafkaTopic.DefaultDeadLetterTopic(client.CommandTopic("shop.account"))];
        var told = WirePage.Table("Topics").Take(3).Select(row => Name(row[0])
            .Replace("{prefix}", "phoenix", StringComparison.Ordinal)
            .Replace("{aggregate}", "shop.account", StringComparison.Ordinal)
            .Replace("{application}", "tests", StringComparison.Ordinal));
        Assert.Equal(built, told);
    }

    private static IEnumerable<string[]> Rows() => WirePage.Table("A command").Where(row => row[0] != OwnHeaders);

    private static string[] Row(string header) => Rows().Single(row => Name(row[0]) == header);

    private static string Name(string cell) => WirePage.Names(cell).First();

    private static IEnumerable<string> Constants(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

    private static string? Refusal(IEnumerable<KeyValuePair<string, string>> headers, bool trust = false)
    {
        var options = new PhoenixOptions
        {
            ReplyTopics = { "phoenix.*.replies" }, TrustPrincipalHeader = trust, Services = { ["orders"] = new() },
        };
        try
        {
            new RequestReader(Model, new(new(options)), options).Read(Message(headers), mayBeRepeat: false);
            return null;
        }
        catch (BadRequestException refused)
        {
            return refused.Code;
        }
    }

    private static KafkaMessage Message(IEnumerable<KeyValuePair<string, string>> headers)
    {
        var record = new Message<byte[]?, byte[]?> { Key = "a-1"u8.ToArray(), Value = "{}"u8.ToArray(), Headers = [] };
        foreach (var (name, value) in headers) record.Headers.Add(name, System.Text.Encoding.UTF8.GetBytes(value));
        return CloudEventCodec.Decode(new() { Topic = "phoenix.test.fragile.commands", Partition = 0, Offset = 7, Message = record }, "a-topic");
    }

    private sealed class KeptRecord : IKafkaSender
    {
        public KafkaRecord? Record { get; private set; }

        public Task<KafkaReceipt> SendAsync(KafkaRecord record, CancellationToken cancellationToken)
        {
            Record = record;
            return Task.FromResult(new KafkaReceipt(record.Topic, 0, 0));
        }
    }
}
