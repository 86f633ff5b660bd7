using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Phoenix.Benchmarks.Rig;
using Phoenix.Kafka;

namespace Phoenix.Benchmarks.Parts;

/// <summary>A silo that takes its commands from Kafka. Its only order is to collect what is idle and to say what memory it needs.</summary>
internal sealed class KafkaSilo(SiloHost silo) : IPart
{
    public const string Name = "kafka-silo";
    public const string ManagedBytes = "managedBytes";
    public const string ResidentBytes = "residentBytes";
    public const string PeakBytes = "peakBytes";
    public const string Activations = "activations";

    public static async Task<IPart> StartAsync(PartSettings settings) => new KafkaSilo(await PhoenixSilo.StartAsync(settings));

    public async Task<RoundResult> RunAsync(RoundOrder order)
    {
        var management = silo.Grains.GetGrain<IManagementGrain>(0);
        await management.ForceActivationCollection(TimeSpan.Zero);
        // An aggregate is idle when its stream is, too: within KeyInactivity, which is seconds.
        while (silo.Services.GetRequiredService<IKafkaHealth>().Partitions.Any(partition => partition.Keys > 0)) await Task.Delay(100);
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return new()
        {
            Operations = 0, Seconds = 0, P50Ms = 0, P99Ms = 0, P999Ms = 0, MaxMs = 0,
            Extra =
            {
                [ManagedBytes] = GC.GetTotalMemory(forceFullCollection: true),
                [ResidentBytes] = Kilobytes("VmRSS:") * 1024,
                [PeakBytes] = Kilobytes("VmHWM:") * 1024,
                [Activations] = await management.GetTotalActivationCount(),
            },
        };
    }

    public ValueTask DisposeAsync() => silo.DisposeAsync();

    private static double Kilobytes(string field) => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
