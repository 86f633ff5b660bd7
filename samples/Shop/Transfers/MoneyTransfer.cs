using Phoenix.Transactions;
using Shop.Accounts;

namespace Shop.Transfers;

/// <summary>Takes the money out of one account and puts it into the other; if that one does not take it, it is put back.</summary>
public sealed class MoneyTransfer : Saga<ITransferGrain>
{
    /// <summary>The steps of a transfer.</summary>
    public static Plan Handle(Transfer transfer) => InOrder(
        Step("withdraw", transfer.From, new Withdraw(transfer.Amount)).Undo(new Deposit(transfer.Amount)),
        Step("deposit", transfer.To, new Deposit(transfer.Amount)))
        .Reply(replies => replies.Of<decimal>("withdraw"));
}
