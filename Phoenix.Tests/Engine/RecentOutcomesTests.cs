using CsCheck;
using Phoenix.Deciding;
using Phoenix.EventStore;
using Phoenix.Messages;
using Xunit;

namespace Phoenix.Tests.Engine;

/// <summary>What an aggregate remembers answers as the ledger would, and is exactly the last so many.</summary>
public sealed class RecentOutcomesTests
{
    private const int Capacity = 6;
    private const long Plenty = 1_000_000;

    [Fact]
    public void they_are_the_last_ones_and_answer_as_recorded() => Gen.Int[0, 20].Array[0, 60].Sample(ids =>
    {
        var recent = new RecentOutcomes(Capacity, new OutcomeBudget(Plenty));
        var model = new List<CommandRecord>();
        foreach (var number in ids)
        {
            var record = Record(number);
            recent.Add(record, Outcomes.Of(record, repeated: false));
            if (!model.Exists(known => known.Id == record.Id)) model.Add(record);
            if (model.Count > Capacity) model.RemoveAt(0);
        }

        for (var number = 0; number <= 20; number++)
        {
            var work = Work(Record(number));
            var expected = model.Find(known => known.Id == work.Id);
            Assert.Equal(expected is not null, recent.TryAnswer(work));
            if (expected is not null) Assert.Equal(Outcomes.Of(expected, repeated: true), work.Result.Result);
        }
    });

    [Fact]
    public void the_same_id_with_other_content_is_refused()
    {
        var recent = new RecentOutcomes(Capacity, new OutcomeBudget(Plenty));
        recent.Add(Record(0), Outcomes.Of(Record(0), repeated: false));
        var other = Work(Record(0) with { PayloadHash = Hash(99) });
        Assert.True(recent.TryAnswer(other));
        Assert.IsType<CommandIdReusedException>(other.Result.Exception!.InnerException);
    }

    [Fact]
    public void all_of_a_silo_share_one_budget_and_give_back_what_they_took() => Gen.Select(Gen.Int[0, 5_000], Gen.Int[0, 20].Array[0, 60], Gen.Int[0, 20].Array[0, 60]).Sample(
        (bytes, first, second) =>
        {
            var budget = new OutcomeBudget(bytes);
            RecentOutcomes[] all = [new(Capacity, budget), new(Capacity, budget)];
            foreach (var (recent, numbers) in all.Zip([first, second]))
            {
                foreach (var number in numbers)
                {
                    recent.Add(Record(number), Outcomes.Of(Record(number), repeated: false));
                    Assert.InRange(budget.Taken, 0, bytes);
                }
            }

            // However little there is room for, what is remembered is right.
            for (var number = 0; number <= 20; number++)
            {
                var work = Work(Record(number));
                if (all[0].TryAnswer(work)) Assert.Equal(Outcomes.Of(Record(number), repeated: true), work.Result.Result);
            }

            foreach (var recent in all) recent.Release();
            Assert.Equal(0, budget.Taken);
        });

    [Fact]
    public void without_a_budget_for_more_the_last_ones_are_kept()
    {
        var recent = new RecentOutcomes(1_000, new OutcomeBudget(450));
        foreach (var number in Plain) recent.Add(Record(number), Outcomes.Of(Record(number), repeated: false));

        Assert.Equal(Plain[^4..], Plain.Where(number => recent.TryAnswer(Work(Record(number)))));
    }

    // Nothing but numbers: room for four of them is one ring of the smallest size.
    private static readonly int[] Plain = [.. Enumerable.Range(1, 100).Where(number => number % 3 != 1 && number % 4 != 3 && number % 5 != 4)];

    // Number 0 is the id of zeros; every third has an id of its sender's own, every fourth a reply, every fifth was rejected.
    private static CommandRecord Record(int number) => new()
    {
        Id = number == 0 ? Guid.Empty : new Guid(number, 0, 0, new byte[8]), OriginalId = number % 3 == 1 ? $"order-{number}" : null,
        Outcome = number % 5 == 4 ? RecordedOutcome.Rejected : RecordedOutcome.Accepted, Code = number % 5 == 4 ? "no" : null, Message = number % 5 == 4 ? "No." : null,
        Reply = number % 4 == 3 ? "7" : null, VersionBefore = number, VersionAfter = number + 1, Name = "tests.command", PayloadHash = Hash(number),
    };

    private static byte[] Hash(int number) => [.. Enumerable.Repeat((byte)number, 16)];

    private static CommandWork Work(CommandRecord record) =>
        new(new CommandMessage { CommandId = record.OriginalId ?? record.Id.ToString(), Name = record.Name, Payload = default }, record.Id, new object(), record.PayloadHash);
}
