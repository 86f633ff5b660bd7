using Phoenix.Model;
using Phoenix.Transactions;
using Shop.Accounts;

namespace Phoenix.Tests.Transactions;

[Transaction("tests.errand")] public interface IErrandGrain : ITransactionGrain;

/// <summary>Two steps at the same time, and then what the text says.</summary>
[Command("tests.run-errand")] public sealed record RunErrand(string What, int Seconds = 0) : ICommand<IErrandGrain>;

/// <summary>A dynamic transaction that does right and wrong on request.</summary>
public sealed class Errand : Saga<IErrandGrain>
{
    private static int _calls;

    private string _what = "";
    private int _told;

    public Next Handle(RunErrand errand)
    {
        _what = errand.What;
        var first = _what switch
        {
            "end-at-once" => Completed("Nothing to do."),
            "fail-at-once" => Failed("no", "No."),
            "idle" => Wait(),
            "moody-start" => Ask($"a{Interlocked.Increment(ref _calls)}"),
            "try" => Together(Try("a"), Try("b")),
            _ => Together(Ask("a"), Ask("b")),
        };
        return errand.Seconds == 0 ? first : first.Within(TimeSpan.FromSeconds(errand.Seconds));
    }

    public Next On(StepOutcome outcome)
    {
        _told++;
        return _what switch
        {
            "stuck" => Wait(),
            "early" => Completed(),
            "throws" => throw new FormatException("secret"),
            "twins" => Together(Ask("c"), Ask("c")),
            "again" => Ask("a"),
            "nameless" => Ask(""),
            "pivot" => Step("c", "c", new Deposit(1)).Pivot(),
            "no-undo" => Step("c", "c", new Deposit(1)),
            "null" => null!,
            "moody" => Ask($"c{Interlocked.Increment(ref _calls)}"),
            "follow" when outcome.Step == "a" => Ask("c"),
            "follow" when !outcome.IsAccepted => Failed(outcome),
            _ => _told == (_what == "follow" ? 3 : 2) ? Completed(outcome.Code) : Wait(),
        };
    }

    private Step<IAccountGrain> Ask(string name) =>
        Step(name, name, new Deposit(1)).Undo(_ => new Withdraw(1 + _told)).RetryOn("later").Attempts(doing: 2);

    private static Step<IAccountGrain> Try(string name) => Step(name, name, new ReserveMoney(5))
        .Confirm(replies => new PayReserved(replies.Of<decimal>(name))).Cancel(new ReleaseReserved(5)).Within(TimeSpan.FromSeconds(5));
}

public sealed class ErrandGrain : Phoenix.Coordination.SagaGrain<Errand>, IErrandGrain;
