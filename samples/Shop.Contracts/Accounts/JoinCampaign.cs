using Phoenix.Model;

namespace Shop.Accounts;

/// <summary>From now on the account gets the bonuses of a campaign.</summary>
/// <param name="Campaign">The campaign: 1 to 200 characters.</param>
[Command("shop.join-campaign")]
public sealed record JoinCampaign(string Campaign) : ICommand<IAccountGrain>;
