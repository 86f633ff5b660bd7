using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>What an auditor finds on every event and every ledger row.</summary>
[Trait("Category", "Servers")]
public sealed class RecordedMetadataTests(CounterSilo silo) : IClassFixture<CounterSilo>
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public async Task every_event_names_its_cause_its_correlation_its_sender_its_headers_and_its_trace()
    {
        var counter = silo.New();
        await counter.Execute(CommandMessage.Of(new Add(1), Options("order-7", "first")) with { Principal = "ann", Source = "gateway" });
        await counter.Execute(CommandMessage.Of(new Add(1), Options("order-7", "second")) with { Principal = "bob" });

        var rows = await silo.ScalarAsync<string>($"""
            select string_agg(concat_ws('|', version, causation_id, correlation_id, user_name, headers ->> 'traceparent', headers ->> 'floor', type, tenant_id, coalesce(mt_dotnet_type, '-')), ';' order by version)
            from phoenix.mt_events where stream_id = '{CounterSilo.StreamOf(counter)}'
            """);
        Assert.Equal($"1|first|order-7|ann|{TraceParent}|3|tests.added|*DEFAULT*|-;2|second|order-7|bob|{TraceParent}|3|tests.added|*DEFAULT*|-", rows);
        Assert.Equal("first|gateway|ann|tests.add|1", await LedgerAsync(counter, "first"));
        Assert.Equal("second|grain|bob|tests.add|1", await LedgerAsync(counter, "second"));
    }

    [Fact]
    public async Task a_silo_makes_its_database_without_a_foreign_key_from_events_to_streams() =>
        Assert.Equal(0, await silo.ScalarAsync<long>("select count(*) from pg_constraint where contype = 'f' and conrelid = 'phoenix.mt_events'::regclass"));

    [Fact]
    public async Task a_rejection_keeps_the_payload_it_refused_and_an_acceptance_does_not()
    {
        var counter = silo.New();
        await counter.Execute(new Take(7), CounterSilo.Id("greedy"));
        await counter.Execute(new Add(7), CounterSilo.Id("fair"));

        Assert.Equal("too-little|There are 0.|{\"amount\":7}", await silo.ScalarAsync<string>(
            $"select concat_ws('|', code, message, payload) from phoenix.phoenix_ledger where stream = '{CounterSilo.StreamOf(counter)}' and original_id = 'greedy'"));
        Assert.Equal(0, await silo.ScalarAsync<long>(
            $"select count(payload) from phoenix.phoenix_ledger where stream = '{CounterSilo.StreamOf(counter)}' and original_id = 'fair'"));
    }

    private static CommandOptions Options(string correlation, string id) => new()
    {
        CommandId = id, CorrelationId = correlation, TraceParent = TraceParent, Headers = new Dictionary<string, string> { ["floor"] = "3" },
    };

    private Task<string> LedgerAsync(ICounterGrain counter, string id) => silo.ScalarAsync<string>(
        $"select concat_ws('|', original_id, source, principal, command, outcome) from phoenix.phoenix_ledger where stream = '{CounterSilo.StreamOf(counter)}' and original_id = '{id}'");
}
