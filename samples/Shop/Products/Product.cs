using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Shop.Products;

/// <summary>A product on the shelf: never fewer than none.</summary>
public sealed class Product : Aggregate<IProductGrain>
{
    /// <summary>How many pieces are there.</summary>
    [JsonInclude] public int Stock { get; private set; }

    /// <summary>Puts pieces on the shelf; replies with how many are there.</summary>
    public Decision Handle(AddStock command) =>
        command.Quantity is > 0 and <= 1_000_000 && Stock + command.Quantity <= 1_000_000_000
            ? Accept(new StockAdded(command.Quantity)).WithReply(Stock + command.Quantity)
            : Reject("invalid-quantity", $"1 to 1000000 pieces are added at once; found {command.Quantity}.");

    /// <summary>Takes pieces off the shelf; replies with how many are left.</summary>
    public Decision Handle(TakeStock command) => command.Quantity switch
    {
        <= 0 => Reject("invalid-quantity", $"At least 1 piece is taken; found {command.Quantity}."),
        var quantity when quantity > Stock => Reject("out-of-stock", $"{Stock} pieces are left, {quantity} were asked for."),
        var quantity => Accept(new StockTaken(quantity)).WithReply(Stock - quantity),
    };

    /// <summary>The shelf gets fuller.</summary>
    public void Apply(StockAdded @event) => Stock += @event.Quantity;

    /// <summary>The shelf gets emptier.</summary>
    public void Apply(StockTaken @event) => Stock -= @event.Quantity;

    /// <summary>How many pieces are there.</summary>
    public int Answer(GetStock _) => Stock;
}
