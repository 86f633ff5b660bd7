using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>The account gets no more bonuses of a campaign.</summary>
/// <param name="Campaign">The campaign.</param>
[Command("shop.leave-campaign")]
public sealed record LeaveCampaign(string Campaign) : ICommand<IAccountGrain>;
