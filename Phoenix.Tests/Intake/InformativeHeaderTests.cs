using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Phoenix.Intake;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Intake;

/// <summary>Headers that only inform never refuse a command: tracing must not decide business.</summary>
public sealed class InformativeHeaderTests
{
    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static readonly byte[] Binary = [0x00, 0x01, 0xFF, 0xFE];

    public static TheoryData<string> Informative => ["traceparent", "ce_time", "phoenixrepeat", "colour"];

    [Theory, MemberData(nameof(Informative))]
    public void one_that_is_no_text_is_left_out_and_counted(string name)
    {
        var (headers, ignored) = Read(new KafkaHeader(name, Binary));
        Assert.Null(headers.Problem);
        Assert.Empty(headers.Own);
        Assert.Equal(1, ignored);
    }

    [Theory]
    [InlineData("ce_time")]
    [InlineData("phoenixrepeat")]
    [InlineData("traceparent")]
    public void one_that_occurs_twice_is_left_out_and_counted(string name)
    {
        var (headers, ignored) = Read(new KafkaHeader(name, Trace), new KafkaHeader(name, Trace));
        Assert.Null(headers.Problem);
        Assert.Null(headers[name]);
        Assert.Equal(1, ignored);
    }

    [Fact]
    public void an_empty_trace_is_left_out()
    {
        var (headers, _) = Read(new KafkaHeader("traceparent", ""));
        Assert.Null(headers.Problem);
        Assert.Null(headers.TraceParent);
    }

    [Fact]
    public void a_trace_of_another_form_is_left_out_and_counted()
    {
        var (headers, ignored) = Read(new KafkaHeader("traceparent", "not a trace"));
        Assert.Null(headers.TraceParent);
        Assert.Equal(1, ignored);
    }

    [Fact]
    public void a_good_trace_is_kept() => Assert.Equal(Trace, Read(new KafkaHeader("traceparent", Trace)).Headers.TraceParent);

    [Fact]
    public void one_of_the_senders_own_that_contradicts_itself_is_left_out_and_its_neighbours_are_kept()
    {
        var (headers, ignored) = Read(new("colour", "red"), new("size", "9"), new("colour", "blue"), new("size", "9"), new("colour", "red"), new("x y", "z"));
        Assert.Null(headers.Problem);
        Assert.Equal(("9", 1), (headers.Own["size"], headers.Own.Count));
        Assert.Equal(2, ignored);
    }

    [Theory]
    [InlineData("baggage")]
    [InlineData("tracestate")]
    [InlineData("X-B3-TraceId")]
    [InlineData("x-datadog-tags")]
    public void what_tracing_agents_send_counts_for_no_limit_and_is_not_stored(string name)
    {
        var (headers, _) = Read(new(name, new string('b', 5_000)), new(name, new string('c', 5_000)), new("tenant", "acme"));
        Assert.Null(headers.Problem);
        Assert.Equal("acme", Assert.Single(headers.Own).Value);
    }

    [Fact]
    public void a_principal_that_is_not_trusted_is_not_even_read()
    {
        var header = new KafkaHeader("principal", Binary);
        Assert.Null(Read(header).Headers.Problem);
        Assert.NotNull(RequestHeaders.Of(MessageWith(header), trustPrincipal: true).Problem);
    }

    private static (RequestHeaders Headers, long Ignored) Read(params KafkaHeader[] headers)
    {
        // Instruments are seen by every listener of the process; the callback runs on the thread that counts.
        var ignored = 0L;
        var here = Environment.CurrentManagedThreadId;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Name == "phoenix.intake.headers.ignored") it.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => ignored += Environment.CurrentManagedThreadId == here ? count : 0);
        listener.Start();
        return (RequestHeaders.Of(MessageWith(headers)), ignored);
    }

    private static KafkaMessage MessageWith(params KafkaHeader[] headers)
    {
        var record = new Message<byte[]?, byte[]?> { Key = "a-1"u8.ToArray(), Value = "{}"u8.ToArray(), Headers = [] };
        foreach (var header in headers) record.Headers.Add(header.Name, header.Value?.ToArray());
        return CloudEventCodec.Decode(new() { Topic = "phoenix.shop.account.commands", Partition = 0, Offset = 7, Message = record }, "a-topic");
    }
}
