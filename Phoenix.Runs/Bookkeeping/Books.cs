using Npgsql;

namespace Phoenix.Runs.Bookkeeping;

/// <summary>
/// Checks the books, by SQL apart from the engine: the replies against the ledger, the ledger against the event log, the event log against
/// the read model, and what transactions moved.
/// </summary>
internal sealed class Books(NpgsqlDataSource database, string schema)
{
    /// <summary>How much a bonus is: more than any other deposit.</summary>
    public const decimal Bonus = 500;

    /// <summary>What an account gets that has joined the campaign.</summary>
    public const decimal ForMembers = 501;

    /// <summary>What no account gets, because it has not joined.</summary>
    public const decimal ForOthers = 502;

    /// <summary>Differences found, each a sentence; empty when the books agree.</summary>
    public List<string> Differences { get; } = [];

    /// <summary>Every reply says what the ledger says, and every distinct command is in the ledger once.</summary>
    public async Task RepliesAgainstLedgerAsync(IReadOnlyList<DemoOutcome> replies, int commands, CancellationToken cancellationToken)
    {
        var ledger = new Dictionary<(string, string), (short Outcome, string? Code, long Before, long After)>();
        var decided = $"""
            select stream, original_id, outcome, code, version_before, version_after from {schema}.phoenix_ledger
            where source like 'kafka:%' and stream like 'shop.account/%' and command <> 'shop.join-campaign'
            """;
        await foreach (var row in RowsAsync(decided, cancellationToken))
        {
            ledger.Add((row.GetString(0)["shop.account/".Length..], row.GetString(1)),
                (row.GetInt16(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetInt64(4), row.GetInt64(5)));
        }

        if (ledger.Count != commands) Differences.Add($"{commands} distinct commands were sent; the ledger has {ledger.Count}.");
        foreach (var reply in replies)
        {
            if (!ledger.TryGetValue((reply.Account, reply.CommandId), out var row)) Differences.Add($"'{reply.CommandId}' was answered and is not in the ledger.");
            else if (row != ((short)(reply.IsAccepted ? 1 : 2), reply.Code, reply.VersionBefore, reply.VersionAfter)) Differences.Add($"'{reply.CommandId}' was answered with {reply}; the ledger says {row}.");
        }
    }

    /// <summary>
    /// Accepted commands have exactly the events their versions say, rejected ones none, and no event is without its command.
    /// </summary>
    public async Task LedgerAgainstEventsAsync(CancellationToken cancellationToken)
    {
        await ExpectNoneAsync("commands whose events are not those the ledger says", $"""
            select count(*) from {schema}.phoenix_ledger l
            left join (select stream_id, causation_id, count(*) n, min(version) low, max(version) high from {schema}.mt_events group by 1, 2) e
                on e.stream_id = l.stream and e.causation_id = coalesce(l.original_id, l.command_id::text)
            where coalesce(e.n, 0) <> l.version_after - l.version_before
                or (e.n > 0 and (e.low <> l.version_before + 1 or e.high <> l.version_after)) or (l.outcome = 2 and e.n > 0)
            """, cancellationToken);
        await ExpectNoneAsync("events without a command in the ledger", $"""
            select count(*) from {schema}.mt_events e where not exists (
                select 1 from {schema}.phoenix_ledger l where l.stream = e.stream_id and coalesce(l.original_id, l.command_id::text) = e.causation_id and l.outcome = 1)
            """, cancellationToken);
        await ExpectNoneAsync("streams whose version is not the number of their events", $"""
            select count(*) from {schema}.mt_streams s
            where s.version <> (select count(*) from {schema}.mt_events e where e.stream_id = s.id)
                or s.version <> (select max(version) from {schema}.mt_events e where e.stream_id = s.id)
            """, cancellationToken);
    }

    /// <summary>Balances and versions of the read model are the sums over the event log.</summary>
    public Task EventsAgainstReadModelAsync(CancellationToken cancellationToken) => ExpectNoneAsync("accounts whose row in account_balances differs from their events", $"""
        select count(*) from (
            select split_part(stream_id, '/', 2) id, max(version) version, sum(case type
                when 'shop.money-deposited' then (data->>'amount')::numeric
                when 'shop.money-withdrawn' then -(data->>'amount')::numeric
                when 'shop.reserved-money-paid' then -(data->>'amount')::numeric else 0 end) balance
            from {schema}.mt_events where stream_id like 'shop.account/%' group by 1) e
        full join {schema}.account_balances b on b.account_id = e.id
        where e.balance is distinct from b.balance or e.version is distinct from b.version
        """, cancellationToken);

    /// <summary>
    /// Every transfer that was started has ended, in full or undone; each payment of a standing order started one; and all of them together
    /// made and lost no money.
    /// </summary>
    public async Task TransfersAsync(IReadOnlyList<string> started, CancellationToken cancellationToken)
    {
        var expected = await CountAsync(
            $"select count(*) from {schema}.mt_events where type = 'shop.standing-order-paid'", cancellationToken) + started.Count;
        var transfers = await TransactionsAsync("shop.transfer", cancellationToken);
        if (transfers.Started != expected) Differences.Add($"{expected} transfers were asked for; {transfers.Started} were started.");
        if (transfers.Completed + transfers.Compensated != transfers.Started)
            Differences.Add($"{transfers.Started} transfers were started; {transfers.Completed + transfers.Compensated} have ended.");
        await ExpectNoneAsync("cents made or lost by transfers", $"""
            select abs(coalesce(sum(case type when 'shop.money-deposited' then 1 else -1 end * (data->>'amount')::numeric), 0)) * 100
            from {schema}.mt_events e
            join {schema}.phoenix_ledger l on l.stream = e.stream_id and coalesce(l.original_id, l.command_id::text) = e.causation_id
            where l.source = 'transaction' and e.type in ('shop.money-deposited', 'shop.money-withdrawn')
            """, cancellationToken);
        await ExpectNoneAsync("completed transfers that moved money other than once out and once in", $"""
            select count(*) from (
                select e.correlation_id, count(*) filter (where e.type = 'shop.money-withdrawn') taken,
                    count(*) filter (where e.type = 'shop.money-deposited') given
                from {schema}.mt_events e
                join {schema}.phoenix_ledger l on l.stream = e.stream_id and coalesce(l.original_id, l.command_id::text) = e.causation_id
                where l.source = 'transaction' and e.stream_id like 'shop.account/%' group by 1) moved
            where taken <> given or taken > 1
            """, cancellationToken);
        await ExpectNoneAsync("timers and sends left over", $"select count(*) from {schema}.phoenix_due", cancellationToken);
    }

    /// <summary>
    /// Every order that was placed has ended; one that completed was taken from a shelf, paid and sent, and of one that was undone nothing
    /// is left: no piece is missing, no money is set aside.
    /// </summary>
    public async Task OrdersAsync(IReadOnlyList<DemoEnd> placed, CancellationToken cancellationToken)
    {
        var orders = await TransactionsAsync("shop.order", cancellationToken);
        if (orders.Started != placed.Count) Differences.Add($"{placed.Count} orders were placed; {orders.Started} were started.");
        if (orders.Completed + orders.Compensated != orders.Started)
            Differences.Add($"{orders.Started} orders were started; {orders.Completed + orders.Compensated} have ended.");
        await EndsAsync("shop.order", placed, cancellationToken);
        foreach (var (effect, type) in new[] { ("paid", "shop.reserved-money-paid"), ("sent", "shop.parcel-sent") })
        {
            var count = await CountAsync(
                $"select count(*) from {schema}.mt_events where type = '{type}' and correlation_id like 'shop.order/%'", cancellationToken);
            if (count != orders.Completed) Differences.Add($"{orders.Completed} orders were completed; {count} were {effect}.");
        }

        await ExpectNoneAsync("pieces made or lost by orders", $"""
            select abs(coalesce(sum(case e.type when 'shop.stock-taken' then 1 else -1 end * (data->>'quantity')::int), 0))
            from {schema}.mt_events e
            join {schema}.phoenix_ledger l on l.stream = e.stream_id and coalesce(l.original_id, l.command_id::text) = e.causation_id
            where l.source = 'transaction' and e.type in ('shop.stock-taken', 'shop.stock-added', 'shop.parcel-sent')
            """, cancellationToken);
        await ExpectNoneAsync("cents still set aside", $"""
            select abs(coalesce(sum(case type when 'shop.money-reserved' then 1 else -1 end * (data->>'amount')::numeric), 0)) * 100
            from {schema}.mt_events where type in ('shop.money-reserved', 'shop.reserved-money-paid', 'shop.reserved-money-released')
            """, cancellationToken);
    }

    /// <summary>How transactions of a kind ended is what their clients were told.</summary>
    public async Task EndsAsync(string kind, IReadOnlyList<DemoEnd> told, CancellationToken cancellationToken)
    {
        var stored = new List<DemoEnd>();
        await foreach (var row in RowsAsync($"""
            select stream_id, (data->>'completed')::boolean, data->>'code' from {schema}.mt_events
            where type = 'phoenix.transaction-ended' and stream_id like '{kind}/%'
            """, cancellationToken))
            stored.Add(new(row.GetString(0)[(kind.Length + 1)..], row.GetBoolean(1), row.IsDBNull(2) ? null : row.GetString(2)));
        Differences.AddRange(told.Except(stored).Select(end => $"'{kind}/{end.Id}' was told as {end}; it is not stored so."));
    }

    /// <summary>
    /// Every purchase has ended; one that completed was paid here, and taken, packed and handed over at the warehouse, and of one that was
    /// undone nothing is left at either.
    /// </summary>
    public async Task PurchasesAsync(IReadOnlyList<DemoEnd> bought, string warehouse, int pieces, CancellationToken cancellationToken)
    {
        var purchases = await TransactionsAsync("shop.purchase", cancellationToken);
        if (purchases.Started != bought.Count || purchases.Completed + purchases.Compensated != bought.Count)
        {
            Differences.Add($"{bought.Count} purchases were made; {purchases.Started} were started and "
                + $"{purchases.Completed + purchases.Compensated} have ended.");
        }

        await EndsAsync("shop.purchase", bought, cancellationToken);
        foreach (var (effect, from) in new[]
        {
            ("paid", $"{schema}.mt_events where type = 'shop.reserved-money-paid' and correlation_id like 'shop.purchase/%'"),
            ("packed", $"{warehouse}.mt_events where type = 'warehouse.parcel-packed'"),
            ("handed over", $"{warehouse}.mt_events where type = 'warehouse.parcel-handed-over'"),
        })
        {
            var count = await CountAsync($"select count(*) from {from}", cancellationToken);
            if (count != purchases.Completed) Differences.Add($"{purchases.Completed} purchases were completed; {count} were {effect}.");
        }

        await ExpectNoneAsync("pieces at the warehouse that no purchase explains", $"""
            select abs({pieces} - coalesce((
                    select sum((case type when 'warehouse.goods-stored' then 1 else -1 end) * (data->>'quantity')::int)
                    from {warehouse}.mt_events where type in ('warehouse.goods-stored', 'warehouse.goods-taken')), 0)
                - coalesce((select sum((t.data->>'quantity')::int) from {warehouse}.mt_events t
                    where t.type = 'warehouse.goods-taken' and exists (select 1 from {schema}.mt_events e
                        where e.type = 'phoenix.transaction-ended' and (e.data->>'completed')::boolean
                            and e.stream_id = t.correlation_id)), 0))
            """, cancellationToken);
    }

    /// <summary>How many parcels the warehouse has handed over for what the shop published.</summary>
    public async Task<bool> ParcelsAreHandedOverAsync(string warehouse, CancellationToken cancellationToken) =>
        await CountAsync($"select count(*) from {warehouse}.mt_events where type = 'warehouse.parcel-handed-over'", cancellationToken)
        >= (await TransactionsAsync("shop.purchase", cancellationToken)).Completed;

    /// <summary>
    /// Each payment of somebody else's topic is a deposit, once; the bonus, one record, is one of every account; of two payments that ask
    /// whether their account has joined a campaign, one is.
    /// </summary>
    public async Task PaymentsAsync(int written, int accounts, CancellationToken cancellationToken)
    {
        var deposits = await PaymentsReceivedAsync(cancellationToken);
        if (deposits != written + accounts + 1)
        {
            Differences.Add(
                $"{written} payments, a bonus for {accounts} accounts and a payment for a member were written into their topic; {deposits} deposits came of them.");
        }

        await ExpectNoneAsync("accounts that have the bonus more than once, or not at all", FormattableString.Invariant($"""
            select count(*) from (select 1 from {schema}.mt_events where stream_id like 'shop.account/%' group by stream_id
                having count(*) filter (where type = 'shop.money-deposited' and (data->>'amount')::numeric = {Bonus}) <> 1) other
            """), cancellationToken);
        await ExpectNoneAsync("payments for members that were lost, doubled, or given to somebody else", FormattableString.Invariant($"""
            select count(*) from (select count(*) filter (where (data->>'amount')::numeric = {ForMembers}) as members,
                count(*) filter (where (data->>'amount')::numeric = {ForOthers}) as others
                from {schema}.mt_events where type = 'shop.money-deposited') found where members <> 1 or others <> 0
            """), cancellationToken);
    }

    public Task<long> PaymentsReceivedAsync(CancellationToken cancellationToken) =>
        CountAsync($"select count(*) from {schema}.phoenix_ledger where source like 'subscription:%' and outcome = 1", cancellationToken);

    /// <summary>How many transactions of a kind there are, and how they ended.</summary>
    public async Task<(long Started, long Completed, long Compensated)> TransactionsAsync(string kind, CancellationToken cancellationToken)
    {
        return (await EventsAsync("type = 'phoenix.transaction-started'"),
            await EventsAsync("type = 'phoenix.transaction-ended' and (data->>'completed')::boolean"),
            await EventsAsync("type = 'phoenix.transaction-ended' and not (data->>'completed')::boolean"));

        Task<long> EventsAsync(string which) =>
            CountAsync($"select count(*) from {schema}.mt_events where stream_id like '{kind}/%' and {which}", cancellationToken);
    }

    /// <summary>True when every transaction has ended and nothing is due any more.</summary>
    public async Task<bool> TransactionsHaveEndedAsync(CancellationToken cancellationToken) => await CountAsync($"""
        select (select count(*) from {schema}.mt_events where type = 'phoenix.transaction-started')
            - (select count(*) from {schema}.mt_events where type = 'phoenix.transaction-ended') + (select count(*) from {schema}.phoenix_due)
        """, cancellationToken) == 0;

    /// <summary>Commands that left more than one event of a kind: effects that were doubled.</summary>
    public Task<long> EffectsDoubledAsync(CancellationToken cancellationToken) => CountAsync($"""
        select count(*) from (select 1 from {schema}.mt_events group by stream_id, causation_id, type having count(*) > 1) doubled
        """, cancellationToken);

    public Task<long> EventsStoredAsync(CancellationToken cancellationToken) => CountAsync($"select count(*) from {schema}.mt_events", cancellationToken);

    /// <summary>Every stored event of an account.</summary>
    public async Task<List<PublishedEvent>> AccountEventsAsync(CancellationToken cancellationToken)
    {
        var events = new List<PublishedEvent>();
        await foreach (var row in RowsAsync(
            $"select stream_id, version from {schema}.mt_events where stream_id like 'shop.account/%'", cancellationToken))
            events.Add(new(row.GetString(0), row.GetInt64(1)));
        return events;
    }

    /// <summary>What the events of all accounts add up to.</summary>
    public async Task<decimal> MoneyAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select coalesce(sum(case type when 'shop.money-deposited' then 1 else -1 end * (data->>'amount')::numeric), 0)
            from {schema}.mt_events where type in ('shop.money-deposited', 'shop.money-withdrawn', 'shop.reserved-money-paid')
            """);
        return (decimal)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>True when each read model has seen every event.</summary>
    public async Task<bool> ReadModelIsCurrentAsync(CancellationToken cancellationToken) => await CountAsync($"""
        select count(*) from unnest(array['account_balances:All', 'orders:All', 'product_days:All']) as shop(name)
        left join {schema}.mt_event_progression p on p.name = shop.name
        where coalesce(p.last_seq_id, 0) < (select coalesce(max(seq_id), 0) from {schema}.mt_events)
        """, cancellationToken) == 0;

    private async Task ExpectNoneAsync(string what, string sql, CancellationToken cancellationToken)
    {
        var count = await CountAsync(sql, cancellationToken);
        if (count > 0) Differences.Add($"{count} {what}.");
    }

    private async Task<long> CountAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async IAsyncEnumerable<NpgsqlDataReader> RowsAsync(string sql, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return reader;
    }
}
