using Phoenix.Dispatch;
using Phoenix.Model;
using Phoenix.Transactions;
using Shop.Accounts;
using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Transactions;

/// <summary>What needs a person, what that person may do, and what a definition that fails may tell.</summary>
public sealed class SagaRunTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void an_undo_that_needs_attention_can_be_skipped_by_a_coordinator_that_knows_only_what_is_stored()
    {
        var attention = new TransactionNeedsAttention("take", StepPhase.Undo, "no", "No.");
        var run = RunOf(UndoneAtTheSecond(), attention);
        Assert.Null(run.WhyNotSkip("take", StepPhase.Undo));
        Assert.Equal("what needs attention is the undo of the step 'take'", run.WhyNotSkip("take", StepPhase.Do));
        Assert.Equal("what needs attention is the undo of the step 'take'", run.WhyNotSkip("give", StepPhase.Undo));
    }

    [Fact]
    public void a_step_after_the_pivot_that_needs_attention_can_be_skipped()
    {
        var run = RunOf(WithPivot());
        Accept(run, "take");
        for (var round = 1; round <= 2; round++) Answer(run, "give", new StepAnswer.Rejected("no", "No."));
        var attention = Assert.IsType<TransactionNeedsAttention>(run.Next(Start).Store);
        Assert.Equal(("give", StepPhase.Do, "no"), (attention.Step, attention.Phase, attention.Code));
        Assert.Null(RunOf(WithPivot(), attention).WhyNotSkip("give", StepPhase.Do));
    }

    [Fact]
    public void what_only_waits_cannot_be_skipped() =>
        Assert.Equal("no step of it needs attention; one that only waits can be turned back", RunOf(UndoneAtTheSecond())
            .WhyNotSkip("take", StepPhase.Do));

    [Fact]
    public void a_step_that_is_not_in_the_plan_cannot_be_skipped() =>
        Assert.Equal("it has no step 'x'; it has 'take', 'give'", RunOf(UndoneAtTheSecond()).WhyNotSkip("x", StepPhase.Do));

    [Fact]
    public void a_function_that_throws_needs_attention_and_what_it_says_stays_in_the_log()
    {
        var run = RunOf(new Plan([new Step<IAccountGrain>("take", "1", ThrowSecret)]));
        var wanted = run.Next(Start);
        var attention = Assert.IsType<TransactionNeedsAttention>(wanted.Store);
        Assert.Equal(TransactionCodes.DefinitionFailed, attention.Code);
        Assert.DoesNotContain("secret", attention.Message, StringComparison.Ordinal);
        Assert.Equal("secret", wanted.Cause!.Message);
    }

    [Fact]
    public void a_plan_that_fails_later_tells_nothing_of_its_exception_either()
    {
        var saga = new SagaDefinition(typeof(object), 1,
            new Dictionary<string, (Type,
            Func<object, Plan>)> { ["start"] = (typeof(Withdraw), _ => throw new FormatException("secret")) });
        var (plan, problem, cause) = new SagaDefinitions([saga]).PlanOf(new TransactionStarted("start", """{"amount":1}""", 1, "", Start));
        Assert.Null(plan);
        Assert.DoesNotContain("secret", problem!.Message, StringComparison.Ordinal);
        Assert.Equal("secret", cause!.Message);
    }

    [Fact]
    public void a_step_to_what_no_aggregate_of_this_host_has_is_refused_at_the_start()
    {
        var saga = new SagaDefinition(typeof(object), 1,
            new Dictionary<string, (Type, Func<object, Plan>)> { ["start"] = (typeof(Withdraw), _ => UndoneAtTheSecond()) });
        var definitions = new SagaDefinitions([saga]) { Aggregates = DomainModel.Of(typeof(Account).Assembly).Aggregates };
        Assert.NotNull(definitions.NewPlan("start", new Withdraw(1)));
        definitions.Aggregates = Load("""
            [Aggregate("shop.account")] public interface IOtherGrain : IAggregateGrain;
            [Command("other.nothing")] public sealed record Nothing : ICommand<IOtherGrain>;
            public sealed class Other : Aggregate<IOtherGrain> { public Decision Handle(Nothing command) => Accept(); }
            public sealed class OtherGrain : AggregateGrain<Other>, IOtherGrain;
            """).Aggregates;
        Assert.Contains(
            "The step 'take' sends 'shop.withdraw' to 'shop.account', which has no handler for it.",
            Assert.Throws<ModelException>(() => definitions.NewPlan("start", new Withdraw(1))).Message, StringComparison.Ordinal);
    }

    private static Plan UndoneAtTheSecond() => new([
        new Step<IAccountGrain>("take", "1", new Withdraw(1)).Undo(new Deposit(1)), new Step<IAccountGrain>("give", "2", new Deposit(1)),
    ]);

    private static Plan WithPivot() => new([
        new Step<IAccountGrain>("take", "1", new Withdraw(1)).Pivot(), new Step<IAccountGrain>("give", "2", new Deposit(1)).RetryOn("no")
            .Attempts(doing: 2),
    ]);

    private static ICommand<IAccountGrain> ThrowSecret(Replies replies) => throw new FormatException("secret");

    private static SagaRun RunOf(Plan plan, params IEvent[] stored)
    {
        var run = new SagaRun(plan, "shop.transfer/1", Start);
        foreach (var fact in stored) run.Apply(fact);
        return run;
    }

    private static void Accept(SagaRun run, string step) => Answer(run, step, new StepAnswer.Accepted(null));

    /// <summary>Stores what is to be stored, and answers what is then asked.</summary>
    private static void Answer(SagaRun run, string step, StepAnswer answer)
    {
        var now = Start + TimeSpan.FromHours(1);
        while (run.Next(now) is { Store: { } fact }) run.Apply(fact);
        run.Learn(run.Next(now).Calls.Single(call => call.Step == step), answer, Start);
    }
}
