using Phoenix.Dispatch;
using Phoenix.Hosting;
using Xunit;
using static Phoenix.Tests.Model.SourceDomain;

namespace Phoenix.Tests.Model;

/// <summary>Contracts and rules may stand in two assemblies; a host holds them against each other both ways.</summary>
public sealed class ContractMistakeTests
{
    private const string Contract = """
        [Aggregate("door")] public interface IDoorGrain : IAggregateGrain;
        [Command("door.open")] public sealed record OpenDoor : ICommand<IDoorGrain>;
        [Event("door.opened")] public sealed record DoorOpened : IEvent;

        """;

    private const string Rules = """
        public sealed class Door : Aggregate<IDoorGrain>
        {
            public Decision Handle(OpenDoor command) => Accept(new DoorOpened());
            public void Apply(DoorOpened @event) { }
        }

        """;

    private const string Window = """[Aggregate("window")] public interface IWindowGrain : IAggregateGrain;""";

    [Fact]
    public void rules_are_found_with_a_contract_of_another_assembly()
    {
        var (contracts, rules) = CompileBoth(Contract, Rules);

        var domain = DomainModel.Of(rules);

        Assert.Equal([rules, contracts], domain.Assemblies);
        Assert.Equal("IDoorGrain", domain.Aggregates["door"].Contract.Name);
    }

    [Fact]
    public void a_command_of_the_contract_without_handler_in_the_rules() => Assert.Contains(
        "Knock is a command of IDoorGrain without a handler. Add 'public Decision Handle(Knock command)' to Door.",
        MistakesInBoth(Contract + """[Command("door.knock")] public sealed record Knock : ICommand<IDoorGrain>;"""));

    [Fact]
    public void an_event_of_the_contract_that_no_rules_apply() => Assert.Contains(
        "DoorSlammed is an event that no aggregate applies.",
        MistakesInBoth(Contract + """[Event("door.slammed")] public sealed record DoorSlammed : IEvent;"""));

    [Fact]
    public void contracts_of_another_service_in_the_same_assembly_are_no_mistake() => DomainModel.Of(CompileBoth(Contract + Window + """
        [Command("window.open")] public sealed record OpenWindow : ICommand<IWindowGrain>;
        [Event("window.opened")] public sealed record WindowOpened : IEvent;
        """, Rules).Rules);

    [Fact]
    public void a_contract_without_rules_beside_rules() => Assert.Contains(
        "IWindowGrain is a contract without rules. Add a class that derives from Aggregate<IWindowGrain>", MistakesIn(Contract + Window + Rules));

    [Fact]
    public void two_rules_for_one_contract() => Assert.Contains(
        "The aggregate name 'door' is used by Door and Gate.", MistakesIn(Contract + Rules + "public sealed class Gate : Aggregate<IDoorGrain> { }"));

    [Fact]
    public void a_class_in_the_place_of_a_contract() => Assert.Contains(
        "DoorAddress is no contract: a contract is an interface that derives from IAggregateGrain.",
        MistakesIn("public abstract class DoorAddress : IAggregateGrain { " + Members + " } public sealed class Door : Aggregate<DoorAddress> { }"));

    [Fact]
    public void an_aggregate_without_grain() => Assert.Equal(
        "Door has no grain. Add 'public sealed class DoorGrain : AggregateGrain<Door>, IDoorGrain;'.", GrainMistakesIn(""));

    [Fact]
    public void a_grain_without_its_contract() => Assert.Equal(
        "DoorGrain runs Door and does not implement its contract, so nobody could call it. Add ', IDoorGrain' to the class.",
        GrainMistakesIn("public sealed class DoorGrain : AggregateGrain<Door>;"));

    [Fact]
    public void an_aggregate_with_two_grains() => Assert.Equal(
        "Door has 2 grains: DoorGrain and GateGrain. Keep one.",
        GrainMistakesIn("public sealed class DoorGrain : AggregateGrain<Door>, IDoorGrain; public sealed class GateGrain : AggregateGrain<Door>, IDoorGrain;"));

    [Fact]
    public void the_snapshot_version_stands_with_the_rules() =>
        Assert.Equal(3, Load(Contract + "[SnapshotVersion(3)] " + Rules).Aggregates["door"].SnapshotVersion);

    private const string Members = """
        public Task<Phoenix.Messages.Outcome> Execute(Phoenix.Messages.CommandMessage command) => null!;
        public Task<Phoenix.Messages.QueryAnswer> Query(Phoenix.Messages.QueryMessage query) => null!;
        public Task<Phoenix.Messages.HistoryPage> History(long after = 0, int limit = 100) => null!;
        public Task<Phoenix.Messages.StateView> StateAt(Phoenix.Messages.Moment moment) => null!;
        public Task<Phoenix.Messages.TrialResult> Trial(Phoenix.Messages.CommandMessage command, Phoenix.Messages.Moment moment) => null!;
        """;

    private static string GrainMistakesIn(string grains) =>
        Assert.Throws<ModelException>(() => GrainCheck.Check(Load(Contract + Rules + grains))).Message;

    private static string MistakesInBoth(string contracts) =>
        Assert.Throws<ModelException>(() => DomainModel.Of(CompileBoth(contracts, Rules).Rules)).Message;
}
