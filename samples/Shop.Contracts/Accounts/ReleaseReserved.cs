using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>Makes reserved money available again; the reply is what is available then.</summary>
/// <param name="Amount">No more than is reserved.</param>
[Command("shop.release-reserved")]
public sealed record ReleaseReserved(decimal Amount) : ICommand<IAccountGrain>;
