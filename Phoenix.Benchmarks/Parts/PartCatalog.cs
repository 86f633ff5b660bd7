using Phoenix.Benchmarks.Rig;

namespace Phoenix.Benchmarks.Parts;

/// <summary>Every part by its name.</summary>
internal static class PartCatalog
{
    public static Task<IPart> StartAsync(string name, PartSettings settings) => name switch
    {
        PhoenixCommands.Name => PhoenixCommands.StartAsync(settings),
        PhoenixSends.Name => PhoenixSends.StartAsync(settings),
        PhoenixTransfers.Name => PhoenixTransfers.StartAsync(settings),
        NativeTransfers.Name => NativeTransfers.StartAsync(settings),
        PhoenixTimers.Name => PhoenixTimers.StartAsync(settings),
        StockCommands.Name => StockCommands.StartAsync(settings),
        RawRow.Name => RawRow.StartAsync(settings),
        PhoenixAppend.Name => PhoenixAppend.StartAsync(settings),
        RawAppend.Name => RawAppend.StartAsync(settings),
        PhoenixActivation.PlainName => PhoenixActivation.StartPlainAsync(settings),
        PhoenixActivation.SnapshotName => PhoenixActivation.StartSnapshotAsync(settings),
        MartenReplay.Name => MartenReplay.StartAsync(settings),
        KafkaClient.Name => KafkaClient.StartAsync(settings),
        KafkaSilo.Name => KafkaSilo.StartAsync(settings),
        NativeConsumer.Name => NativeConsumer.StartAsync(settings),
        NativeBatchConsumer.Name => NativeBatchConsumer.StartAsync(settings),
        PhoenixPublish.Name => PhoenixPublish.StartAsync(settings),
        NativePublish.Name => NativePublish.StartAsync(settings),
        PhoenixIncoming.Name => PhoenixIncoming.StartAsync(settings),
        PublishClient.Name => PublishClient.StartAsync(settings),
        PhoenixCatchUp.Name => PhoenixCatchUp.StartAsync(settings),
        PhoenixProjected.Name => PhoenixProjected.StartAsync(settings),
        MartenCatchUp.Name => MartenCatchUp.StartAsync(settings),
        _ => throw new PartFailedException($"There is no part '{name}'."),
    };
}
