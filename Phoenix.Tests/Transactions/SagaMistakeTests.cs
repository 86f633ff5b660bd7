using Phoenix.Hosting;
using Phoenix.Model;
using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Transactions;

/// <summary>What a host refuses at start, and what makes no plan.</summary>
public sealed class SagaMistakeTests
{
    private const string Contracts = """
        [Aggregate("lamp")] public interface ILampGrain : IAggregateGrain;
        [Command("lamp.switch")] public sealed record Switch : ICommand<ILampGrain>;
        public sealed class Lamp : Aggregate<ILampGrain> { public Decision Handle(Switch command) => Accept(); }
        public sealed class LampGrain : AggregateGrain<Lamp>, ILampGrain;
        [Transaction("evening")] public interface IEveningGrain : ITransactionGrain;
        [Command("evening.begin")] public sealed record Begin : ICommand<IEveningGrain>;

        """;

    private const string Handle = """public static Plan Handle(Begin begin) => InOrder(Step("one", "1", new Switch()));""";

    [Fact]
    public void a_saga_is_part_of_the_domain_by_the_name_of_its_contract() =>
        Assert.Contains("evening", Load(Contracts + SagaOf(Handle)).Aggregates);

    [Fact]
    public void a_start_that_no_saga_takes() => Assert.Contains(
        "Late is a command of IEveningGrain without a handler. Add 'public Plan Handle(Late start)' to Evening.",
        MistakesIn(Contracts + """[Command("evening.late")] public sealed record Late : ICommand<IEveningGrain>;""" + SagaOf(Handle)));

    [Fact]
    public void a_saga_that_nothing_starts() => Assert.Contains(
        "Evening has no command that starts it. Add 'public Plan Handle(TCommand start)'.", MistakesIn(Contracts + SagaOf("")));

    [Fact]
    public void a_plan_that_takes_a_service() => Assert.Contains(
        "Evening.Handle(Begin, TimeProvider) must be 'public Plan Handle(TCommand start)'",
        MistakesIn(Contracts + SagaOf("public Plan Handle(Begin begin, TimeProvider time) => null!;")));

    [Fact]
    public void a_contract_of_an_aggregate() => Assert.Contains(
        "IEveningGrain is the contract of a transaction. Put [Transaction(\"evening\")] on it instead of [Aggregate].",
        MistakesIn(Contracts.Replace("[Transaction(", "[Aggregate(", StringComparison.Ordinal) + SagaOf(Handle)));

    [Fact]
    public void two_definitions_of_one_version() => Assert.Contains(
        "Version 1 of IEveningGrain is defined by Evening and Night. Give the newer one [DefinitionVersion(2)].",
        MistakesIn(Contracts + SagaOf(Handle) + SagaOf(Handle).Replace("class Evening", "class Night", StringComparison.Ordinal)));

    [Fact]
    public void a_saga_without_grain() => Assert.Equal(
        "Evening has no grain. Add 'public sealed class EveningGrain : SagaGrain<Evening>, IEveningGrain;'.",
        Assert.Throws<ModelException>(() => GrainCheck.Check(Load(Contracts + SagaOf(Handle)))).Message);

    [Theory]
    [InlineData("", "Evening chooses its steps, and nobody handles their outcomes. Add 'public Next On(StepOutcome outcome)'.")]
    [InlineData("public Next On(string step) => Completed();", "Evening.On(String) must be 'public Next On(StepOutcome outcome)'.")]
    [InlineData("public static Next On(StepOutcome outcome) => Completed();", "Evening.On(StepOutcome) must be")]
    [InlineData("private Next On(StepOutcome outcome) => Completed();", "Evening.On(StepOutcome) must be")]
    [InlineData("public void On(StepOutcome outcome) { }", "Evening.On(StepOutcome) must be")]
    [InlineData("public Next On(StepOutcome it) => Completed(); public Next On(int step) => Completed();", "Evening.On(Int32) must be")]
    public void outcomes_that_nobody_handles(string on, string problem) => Assert.Contains(problem,
        MistakesIn(Contracts + SagaOf("public Next Handle(Begin begin) => Completed();" + on)));

    [Fact]
    public void outcomes_of_declared_steps() => Assert.Contains(
        "Evening has a method On that nothing calls: its steps are declared.",
        MistakesIn(Contracts + SagaOf(Handle + "public Next On(StepOutcome outcome) => Completed();")));

    [Fact]
    public void a_dynamic_saga_that_takes_a_service() => Assert.Contains(
        "Evening.Handle(Begin, TimeProvider) must be 'public Plan Handle(TCommand start)', or give Next",
        MistakesIn(Contracts + SagaOf(
            "public Next Handle(Begin begin, TimeProvider time) => null!; public Next On(StepOutcome outcome) => null!;")));

    [Theory]
    [InlineData("public Next Handle(Begin begin) => Completed(); public Next On(StepOutcome outcome) => Further();")]
    [InlineData("public static Plan Handle(Begin begin) => InOrder(Further());")]
    public void a_step_or_undo_that_no_aggregate_of_this_host_handles(string members)
    {
        const string foreign = """
            [Aggregate("bell")] public interface IBellGrain : IAggregateGrain;
            [Command("bell.ring")] public sealed record Ring : ICommand<IBellGrain>;
            """;
        var further = """private static Step<IBellGrain> Further() => Step("ring", "1", new Ring()).Undo(new Ring());""";
        var (_, rules) = CompileBoth(foreign, Contracts + SagaOf(members + further));

        Assert.Equal(
            "Evening: a step goes to IBellGrain, which no aggregate of this host fulfils. Load the assembly with its rules, "
            + "or say with [Service(\"name\")] which other service has them.",
            Assert.Throws<ModelException>(() => Phoenix.Dispatch.DomainModel.Of(rules)).Message);
    }

    [Theory]
    [InlineData("""InOrder()""", "A plan has at least one step.")]
    [InlineData("""InOrder(Step("a", "1", new Switch()).NothingToUndo(), Step("a", "2", new Switch()))""", "The step name 'a' is used 2 times.")]
    [InlineData("""InOrder(Step("a", "1", new Switch()), Step("b", "2", new Switch()))""", "The step 'a' has no undo.")]
    [InlineData("""InOrder(Together(Step("a", "1", new Switch()), Step("b", "2", new Switch())))""", "The step 'a' has no undo.")]
    [InlineData("""InOrder(Step("", "1", new Switch()))""", "The step '' needs a name of 1 to 64 bytes")]
    [InlineData("""InOrder(Step("a", "", new Switch()))""", "The step 'a': An aggregate id has at least one character.")]
    [InlineData("""InOrder(Together(Step("a", "1", new Switch()).Pivot(), Step("b", "2", new Switch()).NothingToUndo()))""", "The pivot 'a' stands alone in its stage")]
    [InlineData("""InOrder(Step("a", "1", new Switch()).Undo(new Switch()).NothingToUndo(), Step("b", "2", new Switch()))""", "has an undo and says that there is nothing to undo")]
    [InlineData("""InOrder(Step("a", "1", new Switch()).Confirm(new Switch()), Step("b", "2", new Switch()))""", "The step 'a' has a confirm and no cancel. Add .Cancel(...)")]
    [InlineData("""InOrder(Step("a", "1", new Switch()).Cancel(new Switch()), Step("b", "2", new Switch()))""", "The step 'a' has a cancel and no confirm. Add .Confirm(...)")]
    [InlineData("""InOrder(Step("a", "1", new Switch()).Confirm(new Switch()).Cancel(new Switch()).Undo(new Switch()))""", "The step 'a' is confirmed or cancelled, and says how it is undone.")]
    [InlineData("""InOrder(Step("a", "1", new Switch()).Confirm(new Switch()).Cancel(new Switch()).NothingToUndo())""", "The step 'a' is confirmed or cancelled, and says how it is undone.")]
    [InlineData("""InOrder(Step("a", "1", new Switch()).Confirm(new Switch()).Cancel(new Switch()).Pivot())""", "The step 'a' is the pivot and has a confirm or cancel")]
    [InlineData("""InOrder(Step("a", "1", new Switch()).Pivot(), Step("b", "2", new Switch()).Confirm(new Switch()).Cancel(new Switch()))""", "The step 'b' has a confirm or cancel and stands after the pivot")]
    public void a_plan_that_cannot_be(string plan, string problem)
    {
        var domain = Load(Contracts + SagaOf($"public static Plan Handle(Begin begin) => {plan};"));
        var saga = domain.Aggregates["evening"].Saga!.Newest;

        Assert.Contains(problem, Assert.Throws<ModelException>(() => saga.PlanOf("evening.begin", "{}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void codes_of_ours_are_refused() => Assert.Throws<ArgumentException>(() => Decision.Rejected("phoenix-closed", "No."));

    private static string SagaOf(string members) => $"public sealed class Evening : Saga<IEveningGrain> {{ {members} }}";
}
