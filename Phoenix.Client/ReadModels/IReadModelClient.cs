namespace Phoenix.Client.ReadModels;

/// <summary>
/// Reads read models over HTTP, from the gateway. Get one with <c>services.AddReadModelClient(...)</c>; it is a singleton and safe for
/// concurrent use.
/// </summary>
public interface IReadModelClient
{
    /// <summary>One read model, with rows of this type. Nothing is asked yet.</summary>
    /// <typeparam name="TRow">
    /// What a row becomes, for example a record. A member <c>LastChange</c> is the column <c>last_change</c>, unless a
    /// <c>[JsonPropertyName]</c> says otherwise; columns without a member are left out.
    /// </typeparam>
    /// <param name="name">Its name at the gateway, for example <c>account-balances</c>.</param>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    IReadModel<TRow> Of<TRow>(string name) where TRow : class;
}
