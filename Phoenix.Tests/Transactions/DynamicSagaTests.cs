using Microsoft.Extensions.Logging.Abstractions;
using Phoenix.Coordination;
using Phoenix.Dispatch;
using Phoenix.Model;
using Phoenix.TestKit;
using Phoenix.Transactions;
using Shop.Accounts;
using Xunit;

namespace Phoenix.Tests.Transactions;

/// <summary>
/// A dynamic transaction (guarantee 9): what its class is told and may choose, what becomes of mistakes, and of a class that was changed.
/// </summary>
public sealed class DynamicSagaTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static TransactionSpecification<Errand> Run(string what, int seconds = 0) =>
        TransactionSpecification.For<Errand>().Start(new RunErrand(what, seconds));

    [Fact]
    public void what_follows_goes_beside_what_is_under_way_and_a_failure_takes_all_back_the_last_first() => Run("follow")
        .ThenAsks("a").ThenAsks("b").Accepts("a")
        .ThenAsks("b").ThenAsks("c").Accepts("c")
        .Rejects("b", "closed")
        .ThenUndoes("c", new Withdraw(4)).Accepts("c")
        .ThenUndoes("a", new Withdraw(4)).Accepts("a")
        .ThenCompensated("closed");

    [Fact]
    public void a_failure_closes_what_is_under_way_and_undoes_it_if_it_was_done() => Run("follow")
        .Accepts("a").Rejects("b", "closed")
        .ThenCloses("c").Accepts("c")
        .ThenUndoes("c").Accepts("c")
        .ThenUndoes("a").Accepts("a")
        .ThenCompensated("closed");

    [Fact]
    public void the_start_may_be_the_end()
    {
        Run("end-at-once").ThenCompleted("Nothing to do.");
        Run("fail-at-once").ThenCompensated("no");
    }

    [Fact]
    public void a_class_that_gives_neither_step_nor_end_fails_and_what_was_done_is_undone()
    {
        Run("idle").ThenCompensated(TransactionCodes.NoWayOn);
        Run("stuck").Accepts("a").Accepts("b")
            .ThenUndoes("a").ThenUndoes("b").Accepts("a").Accepts("b").ThenCompensated(TransactionCodes.NoWayOn);
    }

    [Fact]
    public void completed_while_a_step_is_under_way_is_a_failure() => Run("early").Accepts("a")
        .ThenCloses("b").Closes("b").ThenUndoes("a").Accepts("a")
        .ThenCompensated(TransactionCodes.NoWayOn);

    [Theory]
    [InlineData("throws", "A function of Phoenix.Tests.Transactions.Errand failed: secret")]
    [InlineData("null", "The outcome of 'a' returned null. Return a step, Together(...), Wait(), Completed(...) or Failed(...).")]
    [InlineData("twins", "The outcome of 'a': The step name 'c' is used 2 times.")]
    [InlineData("again", "The step name 'a' is used 2 times.")]
    [InlineData("nameless", "The step '' needs a name of 1 to 64 bytes")]
    [InlineData("pivot", "The step 'c' is a pivot, which only a plan has")]
    [InlineData("no-undo", "The step 'c' has no undo.")]
    [InlineData("moody", "chose otherwise at 'a' when it was told the same again")]
    public void a_mistake_is_told_by_the_test_kit(string what, string problem) =>
        Assert.Contains(problem, Assert.Throws<SpecificationException>(() => Run(what).Accepts("a")).Message, StringComparison.Ordinal);

    [Fact]
    public void a_class_that_begins_otherwise_each_time_is_told_by_the_test_kit() => Assert.Contains(
        "chose otherwise at the start when it was told the same again",
        Assert.Throws<SpecificationException>(() => Run("moody-start")).Message, StringComparison.Ordinal);

    [Fact]
    public void a_class_that_throws_loses_nothing_and_goes_on_when_it_is_mended()
    {
        var run = RunOf("throws");
        Answer(run, "a", new StepAnswer.Accepted(null));
        var parked = run.Next(Start);
        Assert.Equal(TransactionCodes.DefinitionFailed, ((TransactionNeedsAttention)parked.Store!).Code);
        Assert.DoesNotContain("secret", ((TransactionNeedsAttention)parked.Store!).Message, StringComparison.Ordinal);
        Assert.Equal("secret", parked.Cause!.Message);

        var mended = RunOf("right", parked.Store, new TransactionResumed());
        Answer(mended, "a", new StepAnswer.Accepted(null));
        Answer(mended, "b", new StepAnswer.Accepted(null));
        Assert.True(End(mended).Completed);
    }

    [Fact]
    public void a_class_that_throws_is_turned_back_without_being_asked()
    {
        var attention = new TransactionNeedsAttention(null, null, TransactionCodes.DefinitionFailed, "");
        var run = RunOf("throws", attention, new TransactionTurnedBack("Enough."), new TransactionResumed());
        Answer(run, "a", new StepAnswer.Accepted(null));
        Answer(run, "b", new StepAnswer.Closed());
        Answer(run, "a", new StepAnswer.Accepted(null));
        var end = End(run);
        Assert.Equal((false, TransactionCodes.TurnedBack), (end.Completed, end.Code));
    }

    [Fact]
    public void a_rejection_that_is_tried_again_is_told_when_it_is_final() => Run("right").Accepts("a")
        .Rejects("b", "later").Advance(TimeSpan.FromSeconds(1)).ThenAsks("b").Rejects("b", "later")
        .ThenCompleted("later");

    [Fact]
    public void what_gave_only_faulty_answers_is_closed_and_then_told() => Run("right").Accepts("a")
        .Fails("b").Advance(TimeSpan.FromSeconds(1)).Fails("b").Advance(TimeSpan.FromSeconds(1)).ThenCloses("b").Closes("b")
        .ThenCompleted(TransactionCodes.AttemptsExhausted);

    [Fact]
    public void the_time_limit_of_a_step_is_told_to_the_class() => Run("try").Accepts("a", 3m)
        .Advance(TimeSpan.FromSeconds(5)).ThenCloses("b").Closes("b")
        .ThenConfirms("a", new PayReserved(3)).Accepts("a")
        .ThenCompleted(TransactionCodes.TimeLimit);

    [Fact]
    public void the_time_limit_of_the_whole_is_not() => Run("follow", seconds: 9).Accepts("a")
        .Advance(TimeSpan.FromSeconds(9)).ThenCloses("b").ThenCloses("c").Accepts("b").Closes("c")
        .ThenUndoes("a").ThenUndoes("b").Accepts("a").Accepts("b")
        .ThenCompensated(TransactionCodes.TimeLimit);

    [Fact]
    public void a_try_that_was_refused_is_not_confirmed() => Run("try")
        .Rejects("a", "insufficient-funds").Accepts("b", 2m)
        .ThenConfirms("b", new PayReserved(2)).TurnBack().Accepts("b")
        .ThenCompleted();

    [Fact]
    public void an_object_that_was_told_too_much_is_forgotten()
    {
        var run = RunOf("follow");
        Answer(run, "a", new StepAnswer.Accepted(null));
        // The class was told of 'a', and before that could be stored somebody turned the transaction back.
        Assert.IsType<StepAnswered>(run.Next(Start).Store);
        run.Apply(new TransactionTurnedBack("Enough."));
        Answer(run, "b", new StepAnswer.Closed());
        Assert.Equal(new Withdraw(1), run.Next(Start).Calls.Single().Command);
    }

    [Fact]
    public void a_class_that_was_changed_in_place_does_not_go_on()
    {
        var run = RunOf("follow");
        Answer(run, "a", new StepAnswer.Accepted(null));
        var answered = run.Next(Start).Store!;
        Assert.Null(RunOf("follow", answered).Unknown);

        foreach (var other in (string[])["right", "throws"])
        {
            var changed = RunOf(other, answered, new StepTriedAgain("c", StepPhase.Do, 2, "later"));
            Assert.Contains(
                "Put the old one back, and give the new one the next version.",
                changed.Unknown!.Value.Problem.Message, StringComparison.Ordinal);
            Assert.Null(changed.Next(Start).Store);
            Assert.Empty(changed.Next(Start).Calls);
        }
    }

    [Fact]
    public void a_step_that_is_chosen_later_and_goes_to_what_this_host_does_not_have_needs_attention()
    {
        var definition = new SagaDefinition(typeof(Errand), 1, new Dictionary<string, (Type, Func<object, Plan>)>
        {
            ["run"] = (typeof(RunErrand), start => PlanOf(((RunErrand)start).What)),
        });
        var started = new TransactionStarted("run", """{"what":"follow"}""", 1, PlanOf("follow").Fingerprint(), Start);
        var definitions = new SagaDefinitions([definition]) { Aggregates = new Dictionary<string, AggregateModel>() };
        var run = new SagaRun(definitions.PlanOf(started).Plan!, "tests.errand/1", Start);
        Answer(run, "a", new StepAnswer.Accepted(null));

        var parked = run.Next(Start);

        Assert.Equal(TransactionCodes.DefinitionFailed, ((TransactionNeedsAttention)parked.Store!).Code);
        Assert.Contains(
            "The step 'c' goes to 'shop.account', which this host does not have.", parked.Cause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void an_end_is_told_also_by_a_build_that_could_not_have_run_it()
    {
        var state = new SagaState<Errand>();
        state.Add(new TransactionStarted("tests.run-errand", "{}", 9, "", Start));
        state.Add(new TransactionEnded(true, "5", null, null, []));
        var definition = new SagaDefinition(typeof(Errand), 1, new Dictionary<string, (Type, Func<object, Plan>)>());
        var place = new TransactionPlace(new(new(), TimeProvider.System), "tests.errand", "tests.errand/1");
        var replies = new EndReplies(null, "tests.errand/1", NullLogger.Instance);
        var coordinator = new Coordinator(
            new Log(state), new([definition]), null!, place, replies, TimeProvider.System, NullLogger.Instance, () => { });
        coordinator.CatchUp();
        Assert.Equal(
            (TransactionState.Completed, "5", null), (coordinator.Status.State, coordinator.Status.ReplyJson, coordinator.Status.Code));
    }

    private static SagaRun RunOf(string what, params IEvent[] stored)
    {
        var run = new SagaRun(PlanOf(what), "tests.errand/1", Start);
        foreach (var fact in stored) run.Apply(fact);
        return run;
    }

    private static Plan PlanOf(string what) => new(new Script(() =>
    {
        var errand = new Errand();
        return (errand.Handle(new RunErrand(what)), errand.On);
    }));

    private static void Answer(SagaRun run, string step, StepAnswer answer)
    {
        while (run.Next(Start) is { Store: { } fact }) run.Apply(fact);
        run.Learn(run.Next(Start).Calls.Single(call => call.Step == step), answer, Start - TimeSpan.FromHours(1));
    }

    private static TransactionEnded End(SagaRun run)
    {
        while (run.Next(Start) is { Store: { } fact }) run.Apply(fact);
        return run.Next(Start).End!;
    }

    private sealed class Log(SagaState state) : ITransactionLog
    {
        public string StreamId => "tests.errand/1";
        public IReadOnlyList<StoredFact>? Committed() => [.. state.Facts];
        public Task<bool> KeepAsync(IEvent fact, long version) => Task.FromResult(false);
    }
}
