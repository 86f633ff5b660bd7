using System.Text.Json.Serialization;
using Phoenix.Model;

namespace Warehouse.Goods;

/// <summary>One kind of goods: of the pieces that are there, some are kept for somebody.</summary>
public sealed class StoredGoods : Aggregate<IGoodsGrain>
{
    /// <summary>How many pieces are there.</summary>
    [JsonInclude] public int Stored { get; private set; }

    /// <summary>How many of them are kept for somebody.</summary>
    [JsonInclude] public int Reserved { get; private set; }

    private int Free => Stored - Reserved;

    /// <summary>Puts pieces in; replies with how many are free.</summary>
    public Decision Handle(StoreGoods command) => command.Quantity is > 0 and <= 1_000_000 && Stored <= 1_000_000_000
        ? Accept(new GoodsStored(command.Quantity)).WithReply(Free + command.Quantity)
        : Reject("invalid-quantity", $"1 to 1000000 pieces are stored at once; found {command.Quantity}.");

    /// <summary>Takes free pieces away.</summary>
    public Decision Handle(TakeGoods command) =>
        NotFree(command.Quantity) ?? Accept(new GoodsTaken(command.Quantity)).WithReply(Free - command.Quantity);

    /// <summary>Keeps free pieces.</summary>
    public Decision Handle(ReserveGoods command) =>
        NotFree(command.Quantity) ?? Accept(new GoodsReserved(command.Quantity)).WithReply(Free - command.Quantity);

    /// <summary>Takes away what was kept.</summary>
    public Decision Handle(TakeReserved command) =>
        NotReserved(command.Quantity) ?? Accept(new ReservedTaken(command.Quantity)).WithReply(Free);

    /// <summary>Keeps it no longer.</summary>
    public Decision Handle(FreeReserved command) =>
        NotReserved(command.Quantity) ?? Accept(new ReservedFreed(command.Quantity)).WithReply(Free + command.Quantity);

    /// <summary>More is there.</summary>
    public void Apply(GoodsStored @event) => Stored += @event.Quantity;

    /// <summary>Less is there.</summary>
    public void Apply(GoodsTaken @event) => Stored -= @event.Quantity;

    /// <summary>Less is free.</summary>
    public void Apply(GoodsReserved @event) => Reserved += @event.Quantity;

    /// <summary>What was kept is gone.</summary>
    public void Apply(ReservedTaken @event) => (Stored, Reserved) = (Stored - @event.Quantity, Reserved - @event.Quantity);

    /// <summary>More is free.</summary>
    public void Apply(ReservedFreed @event) => Reserved -= @event.Quantity;

    /// <summary>How many pieces are there.</summary>
    public GoodsView Answer(GetGoods _) => new(Stored, Reserved);

    private Decision? NotFree(int quantity) => quantity switch
    {
        <= 0 => Reject("invalid-quantity", $"At least 1 piece is asked for; found {quantity}."),
        _ when quantity > Free => Reject("out-of-stock", $"{Free} pieces are free, {quantity} were asked for."),
        _ => null,
    };

    private Decision? NotReserved(int quantity) =>
        quantity > 0 && quantity <= Reserved ? null : Reject("not-reserved", $"{Reserved} pieces are reserved, not {quantity}.");
}
