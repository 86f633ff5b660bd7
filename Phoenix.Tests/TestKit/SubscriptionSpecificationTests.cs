using System.Text;
using Phoenix.Subscribing;
using Phoenix.TestKit;
using Phoenix.Tests.Model;
using Shop.Accounts;
using Shop.Payments;
using Xunit;

namespace Phoenix.Tests.TestKit;

/// <summary>A specification of a converter fails where a host would do something else than it says.</summary>
public sealed class SubscriptionSpecificationTests
{
    private static readonly SubscriptionSpecification<IncomingPayments> Payments = SubscriptionSpecification.For<IncomingPayments>();

    private static readonly SubscriptionSpecification<IncomingPayments> Five = Payments.Given("""{"account":"ann","amount":5,"currency":"EUR"}""");

    [Fact]
    public void what_a_record_becomes_is_compared_whole_and_in_order()
    {
        var deposit = IncomingCommand.To("ann", new Deposit(5));
        Five.ThenCommands(deposit);
        Payments.Given(value: null, key: "ann").ThenNothing();
        Fails(() => Five.ThenCommands(deposit, deposit), "shop.account/ann: shop.deposit {\"amount\":5}");
        Fails(() => Five.ThenNothing(), "no commands");
        Fails(() => Five.ThenCommands(IncomingCommand.To("ann", new Deposit(6))), "\"amount\":6");
        Fails(() => Five.ThenCommands(IncomingCommand.To("bob", new Deposit(5))), "shop.account/bob");
        Fails(() => Five.ThenCommands(IncomingCommand.To("ann", new Withdraw(5))), "shop.withdraw");
        Fails(() => Five.ThenCommands(deposit with { CorrelationId = "c" }), "(c)");
    }

    [Fact]
    public void a_broadcast_is_compared_by_its_tag()
    {
        var bonus = Payments.Given("""{"campaign":"spring","amount":5}""");
        bonus.ThenCommands(IncomingCommand.ToAll("spring", new Deposit(5)));
        Fails(() => bonus.ThenCommands(IncomingCommand.ToAll("autumn", new Deposit(5))), "all shop.account behind 'spring'");
        Fails(() => bonus.ThenCommands(IncomingCommand.To("spring", new Deposit(5))), "all shop.account behind 'spring'");
        Fails(() => bonus.ThenCommands(IncomingCommand.ToIfTagged("spring", "ann", new Deposit(5))), "shop.account/ann if behind 'spring'");
        Payments.Given("""{"campaign":"","amount":5}""").ThenUnusable("A tag has at least one character.");
        Payments.Given("""{"amount":5}""").ThenUnusable("Expected 'account', 'campaign' or both");
    }

    [Fact]
    public void a_record_that_is_unusable_is_told_with_its_reason()
    {
        Payments.Given("""{"account":"ann"}""").ThenUnusable("$: missing 'amount'");
        Payments.Given("""{"account":"ann","amount":"much"}""").ThenUnusable("$.amount: expected a number that its type can hold; found a text.");
        Payments.Given("null").ThenUnusable("found null");
        Payments.Given("{").ThenUnusable();
        Payments.Given("""{"account":"","amount":5}""").ThenUnusable("at least one character");
        Payments.Given(new ForeignRecord { Value = Encoding.Latin1.GetBytes("\xff") }).ThenUnusable();
        Fails(() => Five.ThenUnusable(), "shop.deposit");
        Fails(() => Payments.Given("null").ThenUnusable("Because"), "found null");
        Fails(() => Payments.Given("null").ThenCommands(IncomingCommand.To("ann", new Deposit(5))), "found null");
    }

    [Fact]
    public void what_identifies_a_message_is_compared_and_must_stay()
    {
        var given = Payments.Given(new ForeignRecord { Headers = [new("ce_id", "7"u8.ToArray())] }).ThenMessageId("7");
        Five.ThenMessageId(null);
        Fails(() => given.ThenMessageId("8"), "Found: the message id '7'");
        Fails(() => Five.ThenMessageId("8"), "Found: no message id");
        Fails(() => Run("IncomingCommand.To(\"1\", new Go())", ".ThenMessageId(\"1\")",
            members: "public override string? MessageId(ForeignRecord record) => Guid.NewGuid().ToString();"), "A message has one id");
    }

    [Fact]
    public void a_converter_that_is_not_pure_is_found() =>
        Fails(() => Run("IncomingCommand.To(Guid.NewGuid().ToString(), new Go())", ".ThenCommands(IncomingCommand.To(\"1\", new Go()))"),
        "the same for the same record");

    [Fact]
    public void a_class_that_no_host_would_take_is_refused() => Assert.Contains("has no public constructor",
        Assert.Throws<ModelException>(() => Run("IncomingCommand.To(\"1\", new Go())", "", parameters: "(int need)", members: "public int Need => need;")).Message, StringComparison.Ordinal);

    private static void Fails(Action specification, string part) =>
        Assert.Contains(part, Assert.Throws<SpecificationException>(specification).Message, StringComparison.Ordinal);

    private static void Run(string command, string then, string parameters = "", string members = "") => SourceDomain.Run($$"""
        using Phoenix.Subscribing;
        [Aggregate("t.box")] public interface IBoxGrain : IAggregateGrain;
        [Command("t.go")] public sealed record Go : ICommand<IBoxGrain>;
        [Subscription("t.boxes", Topic = "boxes")]
        public sealed class Boxes{{parameters}} : Subscription
        {
            {{members}}
            public override IEnumerable<IncomingCommand> Convert(ForeignRecord record) => [{{command}}];
        }
        public static class Specification { public static void Run() => SubscriptionSpecification.For<Boxes>().Given("x"){{then}}; }
        """);
}
