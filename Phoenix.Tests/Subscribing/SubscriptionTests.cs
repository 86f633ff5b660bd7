using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Phoenix.Kafka;
using Xunit;

namespace Phoenix.Tests.Subscribing;

/// <summary>Records of a foreign topic become commands with one effect each, whatever the records are (guarantees 1, 6 and 7).</summary>
[Trait("Category", "Servers")]
public sealed class SubscriptionTests(SharedPostgres postgres, SharedKafka kafka)
{
    [Fact]
    public async Task a_record_becomes_a_deposit_once_with_any_key_or_none()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka);
        var account = await rig.NewAccountAsync();
        byte[]?[] keys = [null, [], [0xc3, 0x28], [0, 10, 255], Encoding.UTF8.GetBytes(new string('x', 500)),
            Encoding.UTF8.GetBytes(account)];
        foreach (var key in keys) await rig.Payments.WriteAsync(PaymentTopic.Body(account, 1), key);
        await rig.HasBalanceAsync(account, keys.Length);
        await rig.AllDoneAsync();
        Assert.Equal(keys.Length, await rig.LedgerRowsAsync(account));
        Assert.Empty(await rig.LettersAsync());
        Assert.Equal(HealthStatus.Healthy, (await rig.CheckAsync()).Status);
    }

    [Fact]
    public async Task a_message_that_its_sender_wrote_twice_has_one_effect_wherever_its_records_stand()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka, partitions: 2);
        var account = await rig.NewAccountAsync();
        foreach (var (id, partition) in new[] { ("first", 0), ("second", 0), ("first", 0), ("first", 1) })
            await rig.Payments.WriteAsync(PaymentTopic.Body(account, 1), null, partition, ("ce_id", Encoding.UTF8.GetBytes(id)));
        await rig.AllDoneAsync(partitions: 2);

        Assert.Equal(2, await rig.BalanceAsync(account));
        Assert.Equal(2, await rig.LedgerRowsAsync(account));
        Assert.Empty(await rig.LettersAsync());
    }

    [Fact]
    public async Task a_poison_record_goes_to_the_dead_letters_as_it_was_and_its_neighbours_take_effect()
    {
        await using var rig = await SubscriptionRig.StartAsync(postgres, kafka);
        var account = await rig.NewAccountAsync();
        await rig.Payments.PayAsync(account, 1);
        byte[] poison = [0xff, 0x7b, 0x00];
        var place = await rig.Payments.WriteAsync(poison, [0xfe], 0, ("replyto", Encoding.UTF8.GetBytes("somewhere")), ("own", null));
        await rig.Payments.PayAsync(account, 2);
        await rig.HasBalanceAsync(account, 3);
        await rig.AllDoneAsync();

        var letter = Assert.Single(await rig.LettersAsync());
        Assert.Equal(poison, letter.Message.Value);
        Assert.Equal([0xfe], letter.Message.Key);
        Assert.Equal(["replyto", "own"], letter.Message.Headers.Take(2).Select(header => header.Key));
        Assert.Equal(("undecodable", rig.Payments.Name, "0", $"{place.Offset.Value}"),
            (Of(DeadLetterHeaders.Reason), Of(DeadLetterHeaders.Topic), Of(DeadLetterHeaders.Partition), Of(DeadLetterHeaders.Offset)));
        Assert.DoesNotContain("Shop.Payments", Of(DeadLetterHeaders.Message), StringComparison.Ordinal);

        string Of(string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
    }
}
