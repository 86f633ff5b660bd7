using Phoenix.Transactions;
using Shop.Accounts;

namespace Shop.Charges;

/// <summary>
/// Takes what is there from one account after the other until the amount is covered, and pays it. When all accounts together do not have
/// it, or nobody takes it, the money goes back.
/// </summary>
#region dynamic
public sealed class CustomerCharge : Saga<IChargeGrain>
{
    private ChargeCustomer _charge = null!;
    private int _asked;
    private decimal _taken;

    /// <summary>A charge begins at the first account.</summary>
    public Next Handle(ChargeCustomer charge)
    {
        _charge = charge;
        return TakeMore().Within(TimeSpan.FromMinutes(2));
    }

    /// <summary>What follows from what an account said.</summary>
    public Next On(StepOutcome outcome)
    {
        if (outcome.Step == "pay") return outcome.IsAccepted ? Completed(_asked) : Failed(outcome);
        if (outcome.IsAccepted) _taken += outcome.Reply<decimal>();
        return _taken < _charge.Amount ? TakeMore() : Step("pay", _charge.To, new Deposit(_charge.Amount)).NothingToUndo();
    }

    private Next TakeMore()
    {
        if (_asked == _charge.Accounts.Count) return Failed("not-covered", $"The accounts have {_taken} of {_charge.Amount}.");
        var (name, account) = ($"take-{_asked + 1}", _charge.Accounts[_asked++]);
        return Step(name, account, new WithdrawUpTo(_charge.Amount - _taken)).Undo(replies => new Deposit(replies.Of<decimal>(name)));
    }
}
#endregion
