namespace Shop.Accounts;

/// <summary>The stages of an account's life.</summary>
public enum AccountStatus
{
    /// <summary>Nobody has opened it.</summary>
    NotOpen = 0,

    /// <summary>It takes deposits and withdrawals.</summary>
    Open = 1,

    /// <summary>It is closed for good.</summary>
    Closed = 2,
}
