namespace Phoenix.Runs.Samples;

/// <summary>What the gateway may show of the shop.</summary>
internal static class ShopReadModels
{
    /// <summary>Settings of the gateway.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Settings(string schema) =>
    [
        .. Model(0, "account-balances", $"{schema}.account_balances", "account_id", ["balance"], ["balance"]),
        .. Model(1, "orders", $"{schema}.orders", "order_id",
            ["account", "product", "state", "placed_at", "price"], ["placed_at", "price"]),
        .. Model(2, "product-days", $"{schema}.product_days", "id", ["day", "product", "pieces"], ["day", "pieces"]),
    ];

    private static IEnumerable<KeyValuePair<string, string>> Model(
        int number, string name, string relation, string key, string[] filterable, string[] sortable)
    {
        var model = $"Phoenix__ReadModels__{number}";
        yield return new($"{model}__Name", name);
        yield return new($"{model}__Relation", relation);
        yield return new($"{model}__Key", key);
        yield return new($"{model}__Projection", relation[(relation.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        foreach (var (at, column) in filterable.Index()) yield return new($"{model}__Filterable__{at}", column);
        foreach (var (at, column) in sortable.Index()) yield return new($"{model}__Sortable__{at}", column);
    }
}
